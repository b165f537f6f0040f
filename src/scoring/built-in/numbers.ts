/** A typed array that grows. Plain arrays of numbers take more memory. */
export const createNumbers = (capacity: number) => {
  let data = new Int32Array(capacity);
  let length = 0;
  return {
    push: (value: number): void => {
      if (length === data.length) {
        const wider = new Int32Array(length * 2);
        wider.set(data);
        data = wider;
      }
      data[length] = value;
      length += 1;
    },
    length: () => length,
    view: (): Int32Array => data.subarray(0, length),
  };
};
