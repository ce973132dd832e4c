import 'reflect-metadata/lite';
import { container, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import { findUser } from '../config/accounts.ts';
import { agentEnvironment, type Environment } from '../config/environment.ts';
import type { DaemonOptions } from '../config/options.ts';
import { DaemonControl } from '../control/daemon-control.ts';
import { Recorder } from '../control/record/recorder.ts';
import { decompress } from '../native/bzip2.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import { findProcess } from '../process/find-process.ts';
import { ownYieldingAgents } from '../process/own-place.ts';
import { Hub } from '../session/hub.ts';
import { WatchdogCheck } from '../session/watchdog-check.ts';
import { ALERT_USER, Alerts } from '../standards/alert.ts';
import { makeClasses } from '../standards/classes.ts';
import { InheritedActions } from '../standards/inherited.ts';
import { AuthKey } from '../transport/auth-key.ts';
import type { Authentication } from '../transport/authentication.ts';
import { KeyAuthentication } from '../transport/key-authentication.ts';
import { FrameWriter } from '../wire/frame-writer.ts';
import { EXIT } from './exit-codes.ts';
import { InitCounts } from './init-counts.ts';
import { OwnAgents } from './own-agents.ts';
import { Runners } from './runners.ts';
import { schemaTransfers } from './schemas.ts';
import { environmentWithTools } from './small-tools.ts';
import { TOKENS } from './tokens.ts';
import { View } from './view.ts';

/** The wiring list of the daemon: which thing is made from which others. Nothing is made before it is asked for. */
export function wire(options: DaemonOptions, env: Environment, log: Log): DependencyContainer {
  const child = container.createChildContainer();
  const startedAtMs = systemClock.nowMs();
  child.register(TOKENS.clock, { useValue: systemClock });
  child.register(TOKENS.log, { useValue: log });
  child.register(TOKENS.recorder, { useFactory: instanceCachingFactory(() => new Recorder()) });
  child.register(TOKENS.initCounts, { useFactory: instanceCachingFactory(() => new InitCounts(env)) });
  child.register(TOKENS.view, {
    useFactory: instanceCachingFactory(
      (from) =>
        new View(
          options,
          from.resolve(TOKENS.log),
          from.resolve(TOKENS.hub),
          from.resolve(TOKENS.initCounts),
        ),
    ),
  });
  child.register(TOKENS.control, {
    useFactory: instanceCachingFactory(
      (from) => new DaemonControl(from.resolve(TOKENS.view), from.resolve(TOKENS.recorder)),
    ),
  });
  child.register(TOKENS.agentEnv, {
    useValue: environmentWithTools(agentEnvironment(env, options.isDebugging), options.toolsSocket),
  });
  const runners = new Runners(env);
  child.register(TOKENS.runner, { useValue: () => runners.get() });
  child.register(TOKENS.ownAgents, {
    useFactory: instanceCachingFactory(
      (from) => new OwnAgents(options.inProcess, from.resolve(TOKENS.clock), from.resolve(TOKENS.runner)),
    ),
  });
  child.register(TOKENS.inheritedRuns, { useValue: () => runners.inherited() });
  child.register(TOKENS.inheritedActions, {
    useFactory: instanceCachingFactory(() => new InheritedActions()),
  });
  child.register(TOKENS.actionRunner, {
    useFactory: instanceCachingFactory((from) => {
      return makeClasses({
        ocfRoot: options.ocfRoot,
        env,
        clock: from.resolve(TOKENS.clock),
        runner: from.resolve(TOKENS.runner),
        ocfRunner: from.resolve(TOKENS.ownAgents).runner(),
        yielding: ownYieldingAgents(),
        baseEnv: from.resolve(TOKENS.agentEnv),
        inherited: from.resolve(TOKENS.inheritedActions),
      }).runner;
    }),
  });
  child.register(TOKENS.alerts, {
    useFactory: instanceCachingFactory((from) => {
      const isRoot = process.getuid?.() === 0;
      return new Alerts({
        baseEnv: from.resolve(TOKENS.agentEnv),
        clock: from.resolve(TOKENS.clock),
        runner: from.resolve(TOKENS.runner),
        ...(isRoot ? { findAccount: () => findUser(ALERT_USER) } : {}),
      });
    }),
  });
  child.register(TOKENS.authentication, {
    useFactory: instanceCachingFactory((from) => {
      const clock = from.resolve(TOKENS.clock);
      let authentication: Promise<Authentication> | undefined;
      return () => {
        authentication ??= authenticate(options, clock);
        return authentication;
      };
    }),
  });
  child.register(TOKENS.hub, {
    useFactory: instanceCachingFactory((from) => {
      const clock = from.resolve(TOKENS.clock);
      return new Hub({
        clock,
        decompress,
        frames: new FrameWriter(),
        runner: from.resolve(TOKENS.actionRunner),
        alerts: from.resolve(TOKENS.alerts),
        watchdog: makeWatchdogCheck(options),
        shutdownTimeoutMs: options.shutdownTimeoutMs,
        observer: from.resolve(TOKENS.recorder),
        openAsker: async (asker) => {
          const { ControlSession } = await import('../control/control-session.ts');
          return new ControlSession(from.resolve(TOKENS.control), asker);
        },
        onProvider: schemaTransfers(options, clock),
        facts: {
          uptimeSeconds: () => Math.floor((clock.nowMs() - startedAtMs) / 1000),
          ...(options.nodeStartState === undefined ? {} : { nodeStartState: options.nodeStartState }),
        },
      });
    }),
  });
  return child;
}

function makeWatchdogCheck(options: DaemonOptions): WatchdogCheck {
  return new WatchdogCheck({
    sbdTimeoutMs: options.watchdogTimeoutMs ?? 0,
    findProcess,
    // [protocol 4.9]: not to be started again, or it would end again.
    ...(options.endsUnprotected ? { onUnprotected: () => process.exit(EXIT.fatal) } : {}),
  });
}

async function authenticate(options: DaemonOptions, clock: Clock): Promise<Authentication> {
  const { certificates, keyLocation, previousKeyLocation, tlsPriorities: priorities } = options;
  if (certificates === undefined) {
    const key = new AuthKey({ clock, ...(keyLocation === undefined ? {} : { location: keyLocation }) });
    const previousKey = new AuthKey({ clock, role: 'previous', location: previousKeyLocation });
    return new KeyAuthentication({ key, previousKey, priorities, clock });
  }
  const { CertificateAuthentication } = await import('../transport/certificate-authentication.ts');
  return new CertificateAuthentication({ certificates, priorities, clock });
}
