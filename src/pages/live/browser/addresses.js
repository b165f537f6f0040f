/** Leaves empty fields of searches and filters out of the address, as in `?author=&min=14`. */
export const enableShortAddresses = () => {
  document.addEventListener('formdata', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'get') return;
    for (const [name, value] of [...event.formData]) if (value === '') event.formData.delete(name);
  });
};
