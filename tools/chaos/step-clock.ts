// Loaded into a process with `--import`. CHAOS_CLOCK=AFTER,BY shifts the system clock of the process by BY
// milliseconds once it has run for AFTER milliseconds, as an administrator or a virtual machine may.
const [after = 0, by = 0] = (process.env.CHAOS_CLOCK ?? '').split(',').map(Number);

const systemNow = Date.now.bind(Date);
const now = (): number => systemNow() + (performance.now() >= after ? by : 0);

globalThis.Date = new Proxy(Date, {
  construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
