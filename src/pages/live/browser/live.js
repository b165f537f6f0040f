// Without scripts, the pages work with forms and reloads.
import { enableCommands } from './commands.js';
import { followStream } from './stream.js';
import { enableVotes } from './votes.js';

enableVotes(document);
enableCommands();
followStream();
