import { describe, expect, it } from 'vitest';
import { chooseTest, parseTestFile, readTestFile } from '../../../../agents/apache/test-file.ts';

const FILE = `# Tests of the shop
test shop
    url http://shop.example/  
    match  Welcome, dear guest
    # its own account
    user probe
    password two words
    client curl
    client_opts -k -H "Host: shop"
end
what is between is left alone
test plain

  url /plain
  match plain
`;

describe('a file of tests', () => {
  it('has tests by name, with values to the end of their lines', () => {
    expect(parseTestFile(FILE, '/t')).toEqual([
      {
        name: 'shop',
        url: 'http://shop.example/',
        match: 'Welcome, dear guest',
        user: 'probe',
        password: 'two words',
        client: 'curl',
        client_opts: '-k -H "Host: shop"',
      },
      { name: 'plain', url: '/plain', match: 'plain' },
    ]);
  });

  it('says which line is wrong', () => {
    const reason =
      'Expected one of url, match, user, password, client, client_opts, end in line 2 of /t, got urll';
    expect(() => parseTestFile('test a\nurll x\n', '/t')).toThrow(
      expect.objectContaining({ code: 6, message: reason }),
    );
  });

  it('gives the test that is named, and the first to who names none', () => {
    const tests = parseTestFile(FILE, '/t');
    expect(chooseTest(tests, undefined, '/t').name).toBe('shop');
    expect(chooseTest(tests, 'plain', '/t').name).toBe('plain');
    const reason = 'Expected a test with the name none (testname) in /t, got shop, plain';
    expect(() => chooseTest(tests, 'none', '/t')).toThrow(
      expect.objectContaining({ code: 6, message: reason }),
    );
    expect(() => chooseTest([], undefined, '/t')).toThrow('Expected a test in /t, got none');
  });

  it('that can’t be read is not installed', async () => {
    await expect(readTestFile('/nowhere')).rejects.toMatchObject({ code: 5, message: /\/nowhere.*ENOENT/ });
  });
});
