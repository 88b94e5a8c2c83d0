package io.waybill.soak;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.FaultProxy;
import io.waybill.testkit.StallWatch;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs a soak: starts everything, loads it, breaks it, heals it, lets it drain, and judges. */
final class Soak {
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration LOAD_AVERAGE_EVERY = Duration.ofSeconds(5);

  /** Without a single delivery that ends, for so long: what is left is stuck. */
  private static final Duration NO_PROGRESS = Duration.ofSeconds(150);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final SoakConfig config;
  private final RunFiles files;
  private final String commit;
  private final PrintWriter out;

  Soak(SoakConfig config, String commit, PrintWriter out) {
    this.config = config;
    this.commit = commit;
    this.out = out;
    files = new RunFiles(config.folder());
  }

  Verdict run() throws InterruptedException {
    return run(Schedule.of(config.seed(), config.lasts(), config.every(), config.brokers()));
  }

  /** With these faults instead of those that the seed decides. */
  Verdict run(List<Fault> schedule) throws InterruptedException {
    makeFolder();
    say("files of the run: " + files.folder());
    say("starting; " + schedule.size() + " faults are planned");
    ScheduledExecutorService sampler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("load-average").factory());
    try (RunFiles.Lines machine = new RunFiles.Lines(files.machine());
        RunFiles.Lines stalls = new RunFiles.Lines(files.stalls());
        Installation installation = Installation.start(files, config.brokers());
        AtExit _ = new AtExit(installation::close)) {
      var _ =
          sampler.scheduleAtFixedRate(
              () -> machine.add(loadAverage()),
              0,
              LOAD_AVERAGE_EVERY.toSeconds(),
              TimeUnit.SECONDS);
      String bootstrap = installation.cluster().bootstrapServers();
      String registry = installation.cluster().registryUrl();
      try (Load load = new Load(bootstrap, files, config.perSecond());
          Progress progress = new Progress(bootstrap, registry);
          StallWatch watch =
              StallWatch.of(
                  bootstrap,
                  List.of(Topics.EVENTS, Topics.STATUS, Topics.tasks(DestinationType.WEBHOOK)),
                  stall -> stalls.add(Evidence.line(stall)));
          Saboteur saboteur = new Saboteur(installation, load, files)) {
        progress.start();
        load.start();
        Run run = calmBeforeTheStorm(installation, schedule);
        say("faults begin");
        saboteur.carryOut(schedule);
        saboteur.awaitQuiet();
        say("healed; draining");
        // A little more, so that whatever came back last has to work.
        Saboteur.sleep(WARM_UP);
        RunFiles.writeJson(files.run(), run.loaded(load.stop()).json());
        load.failure().ifPresent(failure -> say("could not publish: " + failure));
        drain(load, progress);
        saboteur.finish();
        stalls.add(endOf(watch));
        if (!installation.receivers().isAlive()) {
          throw new SoakException("the receivers have ended: their histories are not whole");
        }
      }
      say("judging");
      return Judge.judge(files, bootstrap, registry);
    } finally {
      sampler.shutdownNow();
    }
  }

  /**
   * Ends every process when this one is interrupted: children end with their parent, but not one
   * that stands still.
   */
  private record AtExit(Thread hook) implements AutoCloseable {
    AtExit(Runnable task) {
      this(new Thread(task, "soak-exit"));
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      try {
        boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // This JVM is ending, and the hook runs.
      }
    }
  }

  private void makeFolder() {
    try {
      Path parent = files.folder().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(files.folder());
      Files.createDirectory(files.logs());
      Files.createDirectory(files.registry());
    } catch (FileAlreadyExistsException e) {
      throw new SoakException(files.folder() + " is there already; name another --folder", e);
    } catch (IOException e) {
      throw new SoakException("the folder of the run cannot be made: " + e, e);
    }
  }

  private static String loadAverage() {
    return RunFiles.object()
        .put("at", Instant.now().toString())
        .put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
        .toString();
  }

  /** Calm, one destination dead, calm again: nothing else is wrong meanwhile. */
  private Run calmBeforeTheStorm(Installation installation, List<Fault> schedule) {
    Saboteur.sleep(WARM_UP);
    Run.Window before = window();
    var link = installation.receivers().link(Roster.MORTAL_LINK);
    link.trouble(new FaultProxy.BlackHole());
    Run.Window dead = window();
    link.heal();
    // What waited for it comes now.
    Saboteur.sleep(WARM_UP);
    Run.Window after = window();
    Run run = Run.of(config, commit, schedule, List.of(before, after), List.of(dead));
    RunFiles.writeJson(files.run(), run.json());
    return run;
  }

  /** A watch that has failed breaks the bound: see {@link Measures}. */
  private String endOf(StallWatch watch) {
    try {
      watch.close();
      say("the longest stall was %d ms".formatted(watch.longest().toMillis()));
      return Evidence.lineOfRecords(watch.records());
    } catch (AssertionError e) {
      say(String.valueOf(e.getMessage()));
      return Evidence.lineOfFailure(e.getMessage());
    }
  }

  private Run.Window window() {
    Instant from = Instant.now();
    Saboteur.sleep(config.calm());
    return new Run.Window(from, Instant.now());
  }

  private void drain(Load load, Progress progress) {
    int before = -1;
    Instant progressAt = Instant.now();
    while (progress.ended() < load.published()) {
      if (progress.ended() != before) {
        before = progress.ended();
        progressAt = Instant.now();
      } else if (Instant.now().isAfter(progressAt.plus(NO_PROGRESS))) {
        say(
            "%d of %d deliveries do not end"
                .formatted(load.published() - before, load.published()));
        return;
      }
      Saboteur.sleep(LOOK_AGAIN);
    }
    say("%d deliveries have ended".formatted(progress.ended()));
  }

  private void say(String words) {
    out.println("soak: " + words);
    out.flush();
  }
}
