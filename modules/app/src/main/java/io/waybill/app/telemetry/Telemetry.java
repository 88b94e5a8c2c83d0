package io.waybill.app.telemetry;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.domain.Traces;
import io.waybill.fanout.FanOutMetrics;
import io.waybill.sender.SenderLoad;
import io.waybill.sender.SenderMetrics;
import io.waybill.status.StatusMetrics;
import io.waybill.timer.TimerMetrics;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The metrics of one process. Each role gets the part that it tells what it does; each part is
 * asked for once. What is handed out, {@link #scrape} and {@link #lag} may be used by any thread.
 */
public final class Telemetry implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Organizations organizations;
  private final KafkaMeters kafka;
  private final Optional<OtlpTraces> tracing;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<DestinationType, Supplier<SenderLoad>> senders =
      new EnumMap<>(DestinationType.class);
  private Optional<TimerMeters> timer = Optional.empty();
  private Optional<LagWatch> lagWatch = Optional.empty();

  /**
   * Begins to measure the JVM, and to send traces if there is somewhere to send them.
   *
   * @param instance names this process in traces
   */
  public Telemetry(TelemetryConfig config, String instance) {
    this.tracing = config.otlp().map(otlp -> new OtlpTraces(otlp, instance));
    this.organizations = new Organizations(config.organizations());
    this.kafka = new KafkaMeters(registry, config.kafkaClients());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** Counts what the sender of a type does. */
  public SenderMetrics sender(String role, DestinationType type) {
    return new SenderMeters(
        type, registry, organizations, new DeadLetterMeters(role, registry), kafka);
  }

  /** Shows what the sender of a type holds. */
  public void watchSender(DestinationType type, Supplier<SenderLoad> load) {
    senders.put(type, load);
    List<String> fixed = List.of(type.word());
    Metric.IN_FLIGHT.gauge(registry, fixed, () -> load.get().inFlight());
    Metric.WAITING.gauge(registry, fixed, () -> load.get().waiting());
    Metric.BUFFERED.gauge(registry, fixed, () -> load.get().bufferedBytes());
    for (SenderLoad.BreakerState state : SenderLoad.BreakerState.values()) {
      Metric.BREAKERS.gauge(
          registry,
          List.of(type.word(), CounterTable.word(state)),
          () -> load.get().lanes().in(state));
    }
  }

  /** Counts what fan-out decides. */
  public FanOutMetrics fanOut(String role) {
    return new FanOutMeters(registry, organizations, new DeadLetterMeters(role, registry));
  }

  /** Counts what the timer holds and lets go. */
  public TimerMetrics timer(String role) {
    TimerMeters meters = new TimerMeters(registry, new DeadLetterMeters(role, registry));
    timer = Optional.of(meters);
    return meters;
  }

  /** Counts what becomes of deliveries. */
  public StatusMetrics status(String role) {
    return new StatusMeters(registry, new DeadLetterMeters(role, registry));
  }

  /** Counts the dead letters of a role that tells nothing else. */
  public Consumer<Reason> deadLetters(String role) {
    return new DeadLetterMeters(role, registry)::count;
  }

  /** Shows whether a role works. */
  public void watchRole(String role, BooleanSupplier healthy, BooleanSupplier ready) {
    Metric.ROLE_HEALTHY.gauge(registry, List.of(role), () -> healthy.getAsBoolean() ? 1 : 0);
    Metric.ROLE_READY.gauge(registry, List.of(role), () -> ready.getAsBoolean() ? 1 : 0);
  }

  /** Shows what a Streams client measures, until {@link #closing}. */
  public void opened(KafkaStreams streams) {
    kafka.opened(streams);
  }

  /** The client is about to be closed. */
  public void closing(KafkaStreams streams) {
    kafka.closing(streams);
  }

  /**
   * Begins to ask how far the groups of the road are behind. Called once at most.
   *
   * @param admin is closed with this
   * @param requestTopics that fan-out reads
   * @param types whose tasks have topics
   */
  public void watchLag(
      Admin admin,
      Collection<String> requestTopics,
      Collection<DestinationType> types,
      Duration every) {
    lagWatch =
        Optional.of(new LagWatch(admin, Stage.ofRoad(requestTopics, types), every, registry));
  }

  /** Keeps the traces of deliveries, if there is somewhere to send them. */
  public Traces traces() {
    return tracing.map(Traces.class::cast).orElse(Traces.NONE);
  }

  /** All metrics in the text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }

  /** What is not done yet, by type and by destination. */
  public LagReport lag() {
    Map<DestinationType, LagReport.TypeLag> types = new EnumMap<>(DestinationType.class);
    for (DestinationType type : DestinationType.values()) {
      types.put(
          type,
          new LagReport.TypeLag(
              lagOf(Topics.tasks(type)),
              lagOf(Topics.expressTasks(type)),
              lagOf(Topics.retry(type)),
              timer.map(parked -> parked.parked(type))));
    }
    Map<DestinationType, List<SenderLoad.Depth>> deepest = new EnumMap<>(DestinationType.class);
    senders.forEach((type, load) -> deepest.put(type, load.get().deepest()));
    return new LagReport(types, deepest);
  }

  private Optional<Long> lagOf(String topic) {
    return lagWatch.map(watch -> watch.of(topic)).filter(Double::isFinite).map(Double::longValue);
  }

  /** What is registered, for the test that compares it with the documentation. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    lagWatch.ifPresent(LagWatch::close);
    tracing.ifPresent(OtlpTraces::close);
    kafka.close();
    collections.close();
    registry.close();
  }
}
