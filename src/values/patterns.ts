/** Forms of text that predicates and definitions of types know: email addresses, telephone numbers, URLs. */

const EMAIL = /^[a-zA-Z0-9.!#$%&*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/;
/** Up to two groups in parentheses, then three to five groups of at most four digits; between them a space or a hyphen. */
const TEL = /^\+?(?:\([0-9]{1,4}\)[- \t-\r]?){0,2}(?:[0-9]{1,4}[- \t-\r]?){3,5}$/;
const URL = /^(?:https?|ftp):\/\/[-a-zA-Z0-9@:%._+~#=]{1,256}\b[-a-zA-Z0-9@:%_+.~#?&/=]*$/;

export const isEmail = (text: string): boolean => EMAIL.test(text);
export const isTel = (text: string): boolean => text.length < 64 && TEL.test(text);
export const isUrl = (text: string): boolean => URL.test(text);
