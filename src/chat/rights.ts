import { type Person, platformOf } from '../core/address.ts';
import type { Channel } from '../core/channel.ts';
import { UserError } from '../core/errors.ts';

/** A person as written in the config, with or without the tenant: `slack:U01ALICE` is `slack:T01TEAM:U01ALICE`. */
const isSamePerson = (written: string, person: Person): boolean => {
  if (written === person) return true;
  const [platform, id, ...more] = written.split(':');
  const parts = person.split(':');
  return more.length === 0 && parts.length === 3 && parts[0] === platform && parts[2] === id;
};

/** What a person may change: an admin everything, a manager their channel; on the terminal everybody is an admin. */
export const rightsOf = (person: Person, isOwner: boolean, admins: readonly string[]) => {
  const isAdmin = isOwner || platformOf(person) === 'console' || admins.some((one) => isSamePerson(one, person));
  const mayManage = (channel: Channel | undefined): boolean =>
    isAdmin || (channel?.managers.some((one) => isSamePerson(one, person)) ?? false);
  return {
    mayManage,
    requireManager(channel: Channel | undefined): void {
      if (mayManage(channel)) return;
      const who = channel ? `the managers of ${channel.name} and the admins` : 'admins';
      throw new UserError(
        `Only ${who} may do that. You are ${person}: whoever runs me can add that to admins${channel ? ', or to the channel’s managers,' : ''} in the config file.`,
      );
    },
  };
};
