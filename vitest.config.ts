import { defineConfig } from 'vitest/config';

// Unit tests run side by side; everything that starts real processes runs one file at a time, so that the
// audits (zombies, children, descriptors) see only their own.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/contract/suite.test.ts', 'test/fuzz/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/daemon.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // It keeps both cores busy: after the others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/fault/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
