package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.waybill.domain.DestinationType;
import io.waybill.sender.GroupLag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka now and then how far the groups of the road are behind, in a thread of its own. Every
 * process sees the same, whether the group's members are alive or not.
 */
final class LagWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);
  private static final String NO_TYPE = "none";

  private final Admin admin;
  private final GroupLag lag;
  private final List<Stage> stages;
  private final Map<String, Long> lags = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread;

  /**
   * Begins to ask.
   *
   * @param admin is closed with this
   * @param every from the end of one look to the begin of the next
   */
  LagWatch(Admin admin, List<Stage> stages, Duration every, MeterRegistry registry) {
    this.admin = admin;
    this.lag = new GroupLag(admin, WITHIN);
    this.stages = List.copyOf(stages);
    for (Stage stage : this.stages) {
      String type = stage.type().map(DestinationType::word).orElse(NO_TYPE);
      Metric.LAG.gauge(registry, List.of(stage.topic(), type), () -> of(stage.topic()));
    }
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("waybill-lag").factory());
    var _ = thread.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Not a number until it was asked for, and while Kafka does not tell. */
  double of(String topic) {
    Long known = lags.get(topic);
    return known == null ? Double.NaN : known.doubleValue();
  }

  private void look() {
    for (String group : stages.stream().map(Stage::group).distinct().toList()) {
      List<String> topics =
          stages.stream().filter(stage -> stage.group().equals(group)).map(Stage::topic).toList();
      try {
        lags.putAll(lag.of(group, topics));
      } catch (RuntimeException e) {
        // Better nothing than what was true once. Not passed on: it would be the last look.
        topics.forEach(lags::remove);
        LOG.atDebug()
            .addKeyValue("group", group)
            .addKeyValue("problem", e.toString())
            .log("lag is not known");
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    admin.close(CLOSE_WITHIN);
  }
}
