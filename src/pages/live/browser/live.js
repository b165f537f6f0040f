// What the pages of the running bot do in the browser. Without it they work too, by forms and by loading again.
import { enableCommands } from './commands.js';
import { followStream } from './stream.js';
import { enableVotes } from './votes.js';

enableVotes(document);
enableCommands();
followStream();
