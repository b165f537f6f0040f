// Without scripts, the pages work with forms and reloads.
import { enableShortAddresses } from './addresses.js';
import { enableCommands } from './commands.js';
import { enableEscape } from './escape.js';
import { enableKeys } from './keys.js';
import { enableMarks } from './marks.js';
import { enableSidebar } from './sidebar.js';
import { enableSlider } from './slider.js';
import { followStream } from './stream.js';
import { enableVotes } from './votes.js';

enableVotes(document);
// Before the answers, so that what is open in one closes first.
enableEscape();
enableCommands();
enableMarks();
enableKeys();
enableShortAddresses();
enableSlider();
enableSidebar();
followStream();
