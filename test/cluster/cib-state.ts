const TAG = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;

/**
 * Every element of a CIB that has `name` in one of its attributes, with where it is, as one line each; sorted, because
 * the order within a section tells nothing.
 */
export function stateOf(cib: string, name: string): string[] {
  const found: string[] = [];
  const path: string[] = [];
  for (const [, closing, tag = '', text = '', single] of cib.matchAll(TAG)) {
    if (closing !== '') {
      path.pop();
      continue;
    }
    if (text.includes(name)) {
      found.push(`${path.join('/')}: ${tag}${text}`);
    }
    if (single === '') {
      path.push(labelOf(tag, text));
    }
  }
  return found.sort();
}

/** Nodes are told apart by their name, anything else by its element. */
function labelOf(tag: string, text: string): string {
  const uname = [...text.matchAll(ATTRIBUTE)].find(([, key]) => key === 'uname')?.[2];
  return uname === undefined ? tag : `${tag}(${uname})`;
}
