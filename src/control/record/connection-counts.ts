import { channelOf } from '../../observe/events.ts';

/** Counts of connections to TCP port 3121 since the daemon started, taken from the events that tell of them. */
export class ConnectionCounts {
  accepted = 0;
  refused = 0;

  constructor() {
    channelOf('tls.accepted').subscribe(() => {
      this.accepted += 1;
    });
    channelOf('tls.refused').subscribe(() => {
      this.refused += 1;
    });
  }
}
