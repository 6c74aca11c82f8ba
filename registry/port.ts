/** Whether a text is a port of TCP as people and URLs write it: 1 to 65535, without a sign or leading zeros. */
export const isPort = (text: string): boolean => /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535;
