const hashOf = (a: number, b: number): number => {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
};

/** Numbers for pairs of stems, in order of arrival. A hash table in typed arrays: a Map takes three times the time. */
export const createPairs = () => {
  let capacity = 1 << 16;
  let left = new Int32Array(capacity).fill(-1);
  let right = new Int32Array(capacity);
  let number = new Int32Array(capacity);
  let size = 0;
  const slot = (a: number, b: number): number => {
    let at = hashOf(a, b) & (capacity - 1);
    while (left[at] !== -1 && (left[at] !== a || right[at] !== b)) at = (at + 1) & (capacity - 1);
    return at;
  };
  const grow = (): void => {
    const [oldLeft, oldRight, oldNumber] = [left, right, number];
    capacity *= 2;
    left = new Int32Array(capacity).fill(-1);
    right = new Int32Array(capacity);
    number = new Int32Array(capacity);
    for (let at = 0; at < oldLeft.length; at += 1) {
      const a = oldLeft[at] as number;
      if (a === -1) continue;
      const to = slot(a, oldRight[at] as number);
      left[to] = a;
      right[to] = oldRight[at] as number;
      number[to] = oldNumber[at] as number;
    }
  };
  return {
    find: (a: number, b: number): number => {
      const at = slot(a, b);
      return left[at] === -1 ? -1 : (number[at] as number);
    },
    add: (a: number, b: number): number => {
      const at = slot(a, b);
      if (left[at] !== -1) return number[at] as number;
      left[at] = a;
      right[at] = b;
      number[at] = size;
      size += 1;
      if (size * 2 > capacity) grow();
      return size - 1;
    },
    size: () => size,
  };
};
