import type { Answer, Message } from '../../src/core/message.ts';

/** Texts that must be shown as they are. */
export const hostile = [
  '<!channel> <!here> <@U01ALICE> @here @everyone <@&1>',
  '*bold* _italic_ ~gone~ `code` ```block``` > quote',
  '<https://x.example|y> [a](https://y.example) &lt;b&gt; & <script>alert(1)</script>',
  'A right-to-left \u202e override, a line\u2028separator and math $x<y$ \\alpha :smile:',
];

/** A message with everything beside text. */
export const rich: Message = {
  summary: 'A paper with everything',
  blocks: [
    { type: 'paragraph', content: ['A paper with everything'] },
    {
      type: 'chart',
      chart: {
        title: 'Papers a day',
        bars: [
          { label: 'Monday', value: 12, shown: '12 papers' },
          { label: 'Tuesday', value: 0, shown: 'none' },
        ],
      },
    },
    {
      type: 'buttons',
      buttons: [
        { label: 'Abstract', command: 'show 2503.07639', style: 'primary' },
        { label: 'Similar', command: 'similar 2503.07639' },
        { label: 'Rescore', command: 'rescore 2503.07639', style: 'danger' },
      ],
      menu: { label: 'More', items: [{ label: 'BibTeX', command: 'bibtex 2503.07639' }] },
    },
  ],
  files: [
    { name: 'reading-list.bib', mediaType: 'application/x-bibtex', text: '@article{some2025,\n  year = 2025\n}' },
  ],
};

/** A form with a field of every kind. */
export const editing: Answer = {
  form: {
    title: 'Change the topics',
    intro: 'What the channel reads.',
    fields: [
      { name: 'topics', label: 'Topics', kind: 'text', value: 'Sorting networks', required: true },
      { name: 'note', label: 'Why', kind: 'line', hint: 'New project', required: false },
      { name: 'cutoff', label: 'Relevance from', kind: 'number', value: '7', required: true },
      {
        name: 'language',
        label: 'Language',
        kind: 'choice',
        value: 'en',
        required: true,
        options: [
          { label: 'English', value: 'en' },
          { label: 'German', value: 'de' },
        ],
      },
    ],
    submit: { label: 'Save', command: 'topics save foundations' },
  },
};
