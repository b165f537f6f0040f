/** The words that arXiv asks products for; see https://info.arxiv.org/help/api/tou.html. */
export const acknowledgement =
  'Thank you to arXiv for use of its open access interoperability. This product was not reviewed or approved by, nor does it necessarily express or reflect the policies or opinions of, arXiv.';
