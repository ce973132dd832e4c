/** A text in an XPath, which knows no escapes: what holds both kinds of quotes is put together from pieces. */
export function xpathText(text: string): string {
  if (!text.includes("'")) {
    return `'${text}'`;
  }
  return text.includes('"') ? `concat('${text.replaceAll("'", `',"'",'`)}')` : `"${text}"`;
}
