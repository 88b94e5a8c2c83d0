package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.ChildJvm;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.utils.Utils;

/**
 * Kills one of two timers by SIGKILL and says how late the tasks became that it held. Started as
 * {@link TimerBench} is, with {@code --tasks} (so many wait meanwhile, due much later), {@code
 * --live} (so many more a second, half of them due at once and half a second later), {@code
 * --seconds} (of watching after the kill), and any Streams setting: {@code
 * --num.standby.replicas=0}.
 */
public final class TakeOverBench {
  private static final Duration SETTLED = Duration.ofSeconds(20);
  private static final long MUCH_LATER_MILLIS = Duration.ofHours(2).toMillis();

  private final BenchOptions options;
  private final Map<String, String> settings;
  private final Path folder;

  private TakeOverBench(BenchOptions options, Map<String, String> settings, Path folder) {
    this.options = options;
    this.settings = settings;
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    System.setProperty("logback.configurationFile", "logback-timer.xml");
    Map<String, String> settings = new HashMap<>();
    List<String> others = new ArrayList<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      // Settings of Kafka have dots in their names, options of the bench have none.
      if (equals > 0 && arg.substring(0, equals).contains(".")) {
        settings.put(arg.substring(2, equals), arg.substring(equals + 1));
      } else {
        others.add(arg);
      }
    }
    BenchOptions options = BenchOptions.parse(others.toArray(String[]::new));
    Path folder = Files.createTempDirectory("waybill-take-over-");
    Files.createDirectory(folder.resolve("broker"));
    try (BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
        EmbeddedRegistry registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0))) {
      registry.start();
      new TakeOverBench(options, settings, folder).run(broker.bootstrapServers(), registry.url());
    } finally {
      Utils.delete(folder.toFile());
    }
  }

  private void run(String bootstrapServers, String registryUrl) throws Exception {
    System.out.println("options        " + options + " " + settings);
    Codecs codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registryUrl)));
    BenchTimer.createTopics(bootstrapServers, options.partitions());
    try (ChildJvm one = child("one", bootstrapServers, registryUrl);
        ChildJvm other = child("other", bootstrapServers, registryUrl);
        Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      TimerChild.awaitReady(one);
      TimerChild.awaitReady(other);
      try (BenchReader reader = new BenchReader(bootstrapServers, codecs);
          BenchWriter writer = new BenchWriter(bootstrapServers, codecs, options)) {
        writer.park(System.currentTimeMillis() + MUCH_LATER_MILLIS);
        while (BenchTimer.taken(admin, Topics.retry(DestinationType.WEBHOOK)) < options.tasks()) {
          TimerBench.pause(Duration.ofMillis(200));
        }
        writer.startLive();
        TimerBench.pause(SETTLED);
        show("before", reader);
        one.kill();
        TimerBench.pause(Duration.ofSeconds(options.seconds()));
        writer.stopLive();
        while (reader.live() < writer.liveWritten()) {
          TimerBench.pause(Duration.ofMillis(200));
        }
        show("after the kill", reader);
      }
    }
  }

  private ChildJvm child(String name, String bootstrapServers, String registryUrl) {
    return TimerChild.start(
        bootstrapServers,
        registryUrl,
        folder.resolve("state-" + name),
        folder.resolve(name + ".out"),
        settings);
  }

  private static void show(String when, BenchReader reader) {
    System.out.println("%-14s at once %s".formatted(when, reader.liveAtOnce.summary()));
    System.out.println("%-14s 1 s     %s".formatted(when, reader.liveSoon.summary()));
  }
}
