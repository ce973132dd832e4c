import type { XmlElement } from './xml-tree.ts';

const REFERENCES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

// What must not stand literally in an attribute value, and what XML 1.0 forbids altogether: control characters,
// the last two code points of the plane, and halves of surrogate pairs.
const SPECIAL = new RegExp(
  [
    '[<>&"\\u0000-\\u001f\\u007f\\ufffe\\uffff]',
    '[\\ud800-\\udbff](?![\\udc00-\\udfff])',
    '(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  ].join('|'),
  'g',
);

/**
 * Escapes a text for an attribute value so that every peer takes it: 3.x refuses a whole message, an operation's
 * result included, for one forbidden character [protocol 2.6]. Control characters become visible as `\033`, as
 * 2.1.x writes them; half surrogates and U+FFFE/U+FFFF become U+FFFD.
 */
export function escapeAttribute(text: string): string {
  return text.replace(SPECIAL, (character) => {
    const reference = REFERENCES[character];
    if (reference !== undefined) {
      return reference;
    }
    const code = character.charCodeAt(0);
    return code <= 0x7f ? `\\${code.toString(8).padStart(3, '0')}` : '\ufffd';
  });
}

/** A text that holds the end mark itself goes into two sections. */
function writeCdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** One line without declaration or white space between elements [protocol 2.2]. */
export function writeXml(root: XmlElement): string {
  let text = `<${root.name}`;
  for (const [name, value] of Object.entries(root.attributes)) {
    text += ` ${name}="${escapeAttribute(value)}"`;
  }
  if (root.raw !== undefined) {
    return `${text}>${root.raw}</${root.name}>`;
  }
  if (root.children.length === 0 && root.cdata === undefined) {
    return `${text}/>`;
  }
  const cdata = root.cdata === undefined ? '' : writeCdata(root.cdata);
  return `${text}>${cdata}${root.children.map(writeXml).join('')}</${root.name}>`;
}
