import { type X2jOptions, XMLParser, XMLValidator } from 'fast-xml-parser';
import { arxivError } from './client.ts';

const settings = {
  // As a number, an id such as 2401.00010 would lose its last digit.
  parseTagValue: false,
  htmlEntities: true,
  // The default limits are too low: a full feed has tens of thousands of `&lt;`.
  processEntities: { enabled: true, maxTotalExpansions: 10_000_000, maxExpandedLength: 100_000_000 },
} satisfies X2jOptions;

/**
 * @param what The answer's name at the start of an error.
 * @returns A function that reads XML, and throws an ExternalError if it is no valid XML.
 */
export const createXmlReader = (what: string, options: X2jOptions): ((xml: string) => unknown) => {
  const parser = new XMLParser({ ...settings, ...options });
  return (xml) => {
    const verdict = XMLValidator.validate(xml);
    if (verdict !== true) throw arxivError(`${what} is broken: ${verdict.err.msg}`);
    try {
      return parser.parse(xml);
    } catch (error) {
      // The validator lets some errors pass, and entities and tags may be nested too deeply.
      throw arxivError(`${what} is broken.`, { cause: error });
    }
  };
};
