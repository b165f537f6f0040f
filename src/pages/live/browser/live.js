// Without scripts, the pages work with forms and reloads.
import { enableCommands } from './commands.js';
import { enableKeys } from './keys.js';
import { enableMarks } from './marks.js';
import { enableSlider } from './slider.js';
import { followStream } from './stream.js';
import { enableVotes } from './votes.js';

enableVotes(document);
enableCommands();
enableMarks();
enableKeys();
enableSlider();
followStream();
