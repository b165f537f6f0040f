import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RelaxNGValidator, XmlDocument, XmlValidateError } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

const namespaces = { atom: 'http://www.w3.org/2005/Atom', s: 'http://www.ascc.net/xml/schematron' };

const url = pathToFileURL(join(import.meta.dirname, 'atom.rng')).href;

xmlRegisterFsInputProviders();

const schema = XmlDocument.fromString(readFileSync(new URL(url), 'utf8'), { url });

/** The schema allows relative links; a feed reader resolves them only if it knows the address of the feed. */
const absolute = XmlDocument.fromString(`<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="${url}">
    <define name="atomUri">
      <data type="anyURI" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
        <param name="pattern">(https?://|urn:uuid:).+</param>
      </data>
    </define>
  </include>
</grammar>`);

const validators = { schema: RelaxNGValidator.fromDoc(schema), absolute: RelaxNGValidator.fromDoc(absolute) };

type Rule = { context: string; test: string; message: string };

/** What RELAX NG cannot express: the schema's own Schematron rules, and two of the RFC's text. */
const rules: Rule[] = [
  ...schema.find('//s:rule', namespaces).map((rule) => ({
    context: String(rule.eval('string(@context)')),
    test: String(rule.eval('string(s:assert/@test)', namespaces)),
    message: String(rule.eval('normalize-space(s:assert)', namespaces)),
  })),
  {
    context: 'atom:link[@rel="alternate"]',
    test: 'not(preceding-sibling::atom:link[@rel="alternate"]/@type = @type)',
    message: 'Only one alternate link may have a type (4.1.1, 4.1.2).',
  },
  {
    context: 'atom:entry',
    test: 'not(preceding-sibling::atom:entry/atom:id = atom:id)',
    message: 'An id may belong to one entry only (4.2.6).',
  },
];

const schemaFaults = (feed: XmlDocument, validator: RelaxNGValidator): string[] => {
  try {
    validator.validate(feed);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return [error.message.trim()];
    throw error;
  }
};

/**
 * What is wrong with an Atom feed, by the schema of RFC 4287 and libxml2.
 * @param links whether links may be relative
 * @throws XmlError if the feed is not well-formed
 */
export const atomFaults = (text: string, links: 'relative' | 'absolute'): string[] => {
  const feed = XmlDocument.fromString(text);
  try {
    const broken = rules.filter(({ context, test }) =>
      feed.find(`//${context}`, namespaces).some((node) => node.eval(`boolean(${test})`, namespaces) === false),
    );
    return [
      ...schemaFaults(feed, validators[links === 'absolute' ? 'absolute' : 'schema']),
      ...broken.map(({ message }) => message),
    ];
  } finally {
    feed.dispose();
  }
};
