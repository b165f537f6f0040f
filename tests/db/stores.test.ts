import { openStores } from '../../db/index.ts';
import { storesContract } from '../contracts/stores.ts';

storesContract('SQLite', () => openStores(':memory:'));
