import { expect, it } from 'vitest';
import { CAPABILITY, hasCapability } from '../../../../agents/nfsserver/capabilities.ts';

it.each([
  ['000001ffffffffff', true],
  ['0000000000200000', true],
  ['00000000800405fb', false],
  ['', false],
])('says with %j whether there is CAP_SYS_ADMIN', (mask, expected) => {
  expect(hasCapability(`Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t${mask}\n`, CAPABILITY.sysAdmin)).toBe(
    expected,
  );
});
