import type { Check, CheckedClass } from './check.ts';

/** Every check of a class, in the order in which they are run and listed. Loaded when they are asked for. */
export async function checksOf(checked: CheckedClass): Promise<readonly Check[]> {
  switch (checked) {
    case 'ocf':
      return (await import('./checks/ocf.ts')).OCF_CHECKS;
    case 'lsb':
      return (await import('./checks/lsb.ts')).LSB_CHECKS;
    case 'systemd':
      return (await import('./checks/systemd.ts')).SYSTEMD_CHECKS;
    case 'alert':
      return (await import('./checks/alert.ts')).ALERT_CHECKS;
  }
}
