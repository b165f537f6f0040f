import leven from 'leven';
import { fold } from '../src/core/folding.ts';

export const isTimeZone = (name: string): boolean => {
  // Offsets such as +02:00 are not IANA names, and they ignore daylight saving time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** Large cities without a time zone that is named after them, by zone. */
const zoneOfCities: Readonly<Record<string, string>> = {
  'America/Chicago': 'austin dallas houston minneapolis madison',
  'America/Los_Angeles': 'pasadena portland san_diego san_francisco seattle stanford berkeley palo_alto',
  'America/New_York': 'atlanta baltimore boston miami philadelphia pittsburgh princeton washington',
  'America/Sao_Paulo': 'brasilia campinas rio_de_janeiro',
  'America/Toronto': 'montreal ottawa waterloo',
  'Asia/Dubai': 'abu_dhabi',
  'Asia/Ho_Chi_Minh': 'hanoi',
  'Asia/Jerusalem': 'haifa tel_aviv',
  'Asia/Karachi': 'islamabad lahore',
  'Asia/Kolkata': 'bangalore bengaluru chennai delhi hyderabad mumbai new_delhi pune',
  'Asia/Riyadh': 'jeddah thuwal',
  'Asia/Seoul': 'busan daejeon',
  'Asia/Shanghai': 'beijing chengdu guangzhou hangzhou hefei nanjing peking shenzhen tianjin wuhan xian',
  'Asia/Tokyo': 'kyoto osaka sapporo tsukuba yokohama',
  'Australia/Sydney': 'canberra',
  'Europe/Amsterdam': 'delft eindhoven leiden rotterdam utrecht',
  'Europe/Berlin': 'aachen bonn cologne dresden frankfurt hamburg heidelberg leipzig munich stuttgart tuebingen',
  'Europe/London': 'birmingham bristol cambridge edinburgh glasgow manchester oxford',
  'Europe/Madrid': 'barcelona valencia',
  'Europe/Paris': 'grenoble lyon marseille nice strasbourg toulouse',
  'Europe/Rome': 'bologna florence milan naples pisa trieste turin',
  'Europe/Stockholm': 'gothenburg lund uppsala',
  'Europe/Warsaw': 'krakow wroclaw',
  'Europe/Zurich': 'basel bern geneva lausanne',
};

const maxTypos = 2;

/** The zone of a city, or the zone that the name misspells. A name that is merely similar is another place. */
export const nearestZone = (name: string): string | undefined => {
  const known = Intl.supportedValuesOf('timeZone');
  const city = fold(name.split('/').at(-1) ?? '').replaceAll(' ', '_');
  return (
    known.find((zone) => zone.toLowerCase().endsWith(`/${city}`)) ??
    Object.entries(zoneOfCities).find(([, cities]) => cities.split(' ').includes(city))?.[0] ??
    known.find((zone) => leven(fold(name), zone.toLowerCase()) <= maxTypos)
  );
};
