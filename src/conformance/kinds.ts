/**
 * `must`: the standard says so, or a cluster is certain to be damaged otherwise. `should`: everything else; failures of it change the
 * exit status only with `--strict`.
 */
export type Level = 'must' | 'should';

/** What a check needs beside calling actions. Where a place can't give it the check is skipped, and says why. */
export type Ability =
  /** To see and signal the processes of the agent and its service. */
  | 'processes'
  /** To vary the environment, arguments, working directory and standard input of an action. */
  | 'environment'
  /** To see what the agent leaves in files, sockets, mounts and shared memory. */
  | 'traces'
  /** Root file system and network that belong to this check alone: programs are hidden, disks filled, files broken. */
  | 'private'
  /** To run an action as another user. */
  | 'users'
  /** To get what the agent itself gave: its own exit code, and standard output apart from standard error. A daemon tells less. */
  | 'answers';

/** The classes of agents that can be checked. */
export type CheckedClass = 'ocf' | 'lsb' | 'systemd' | 'alert';
