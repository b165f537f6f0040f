// The pages also work without scripts, with forms and reloads.
import { enableCommands } from './commands.js';
import { followStream } from './stream.js';
import { enableVotes } from './votes.js';

enableVotes(document);
enableCommands();
followStream();
