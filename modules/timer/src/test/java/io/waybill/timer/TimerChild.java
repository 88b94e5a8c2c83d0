package io.waybill.timer;

import io.waybill.testkit.ChildJvm;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/** A timer in a JVM of its own, which can be killed. */
final class TimerChild {
  private static final String READY = "timer ready";
  private static final Duration READY_WITHIN = Duration.ofSeconds(120);

  private TimerChild() {}

  /** Starts one and returns at once; {@link #awaitReady} says when it has its partitions. */
  static ChildJvm start(
      String bootstrapServers,
      String registryUrl,
      Path state,
      Path output,
      Map<String, String> settings) {
    List<String> args = new ArrayList<>(List.of(bootstrapServers, registryUrl, state.toString()));
    settings.forEach((key, value) -> args.add(key + "=" + value));
    return ChildJvm.start(
        ChildJvm.Launch.of(TimerChild.class, output, args.toArray(String[]::new)));
  }

  static void awaitReady(ChildJvm child) {
    child.awaitLine(Pattern.compile("^" + READY), READY_WITHIN);
  }

  /** {@code args}: bootstrap servers, registry, state folder, then Streams settings. */
  public static void main(String[] args) throws InterruptedException {
    System.setProperty("logback.configurationFile", "logback-timer.xml");
    Map<String, String> settings = new HashMap<>();
    for (int i = 3; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    Codecs codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", args[1])));
    BenchTimer timer = new BenchTimer(args[0], Path.of(args[2]), codecs, settings);
    Runtime.getRuntime().addShutdownHook(new Thread(timer::close, "timer-stop"));
    timer.awaitRunning();
    System.out.println(READY);
    new CountDownLatch(1).await();
  }
}
