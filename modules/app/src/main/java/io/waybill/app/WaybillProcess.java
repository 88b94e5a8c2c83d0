package io.waybill.app;

import io.waybill.app.telemetry.Telemetry;
import io.waybill.destinations.DestinationsConfig;
import io.waybill.destinations.DestinationsTopology;
import io.waybill.domain.DestinationType;
import io.waybill.fanout.FanOutConfig;
import io.waybill.fanout.FanOutTopology;
import io.waybill.fanout.RequestTopics;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.NameResolver;
import io.waybill.status.StatusConfig;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerConfig;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chosen roles in one process: checks the topics, wires every part by its constructor, starts
 * and stops them. One owner; single use; {@link #isHealthy} and {@link #isReady} may be asked by
 * any thread.
 */
public final class WaybillProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaybillProcess.class);
  private static final Duration UNHEALTHY_FOR = Duration.ofSeconds(60);
  private static final int BROKERS_DEFAULT_REPLICATION = -1;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Costs each process some requests to the brokers. */
  private static final Duration LAG_EVERY = Duration.ofSeconds(10);

  /** Everybody's retries, or the states of a month, must not wait until a store is read anew. */
  private static final int ONE_COPY = 1;

  private static final int NO_COPY = 0;

  /** What to do about topics that are missing. */
  public enum Topics {
    /** Make them. */
    CREATE,
    /** Refuse to start: an operator makes topics, with {@code waybill topics apply}. */
    REQUIRE
  }

  private final WaybillConfig config;
  private final Topics topics;
  private final List<RunningRole> roles = new ArrayList<>();
  private final List<AutoCloseable> shared = new ArrayList<>();
  private final HttpEndpoints http;
  private final Telemetry telemetry;
  private final AddressGuard guard;

  /** Opens the HTTP port and nothing else. */
  public WaybillProcess(WaybillConfig config, Topics topics) {
    this.config = config;
    this.topics = topics;
    this.guard =
        new AddressGuard(
            NameResolver.ofJdk(),
            config.allowCidrs(),
            config.sending().allowedPorts(),
            AddressGuard.DEFAULT_LOOKUPS,
            config.sending().egressProxy());
    shared.add(guard);
    this.telemetry = new Telemetry(config.telemetry(), config.instance());
    shared.add(telemetry);
    this.http = new HttpEndpoints(config.httpAddress(), config.httpPort(), roles, telemetry);
  }

  /**
   * Checks the topics and starts the roles; returns before they are ready.
   *
   * @throws IllegalStateException when topics are missing or not as configured, or brokers or
   *     topics keep less than the profile needs, naming each
   * @throws KafkaProblem when Kafka cannot be reached
   * @throws io.waybill.secrets.KeysetException when a sender has no keyset: there is no start
   *     without a key
   */
  public void start() {
    RequestTopics requestTopics = prepareTopics();
    Codecs codecs = new Codecs(new HttpSchemaRegistry(config.schemaRegistry()));
    config.roles().stream()
        .sorted()
        .map(role -> build(role, codecs, requestTopics))
        .forEach(roles::add);
    roles.forEach(role -> telemetry.watchRole(role.name(), role::isHealthy, role::isReady));
    roles.forEach(RunningRole::start);
    telemetry.watchLag(
        Admin.create(ClientSettings.admin(config.kafka(), config.instance() + ".lag")),
        config.requestTopics().names(),
        Role.SENT_TYPES,
        LAG_EVERY);
    http.start();
  }

  /**
   * Waits until every role is ready, for as long as all of them are healthy: stores that are
   * rebuilt after an unclean end may take many minutes.
   *
   * @throws IllegalStateException when one has not been healthy for a minute, naming those that are
   *     not ready
   */
  public void awaitReady() {
    long healthyAt = System.nanoTime();
    while (!isReady()) {
      if (isHealthy()) {
        healthyAt = System.nanoTime();
      } else if (System.nanoTime() - healthyAt > UNHEALTHY_FOR.toNanos()) {
        String late =
            roles.stream()
                .filter(role -> !role.isReady())
                .map(role -> role.name() + " (" + String.join("; ", role.whyNotReady()) + ")")
                .collect(Collectors.joining(", "));
        throw new IllegalStateException(
            "not ready, and not healthy for "
                + UNHEALTHY_FOR.toSeconds()
                + " s: "
                + late
                + "; the log above says why");
      }
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while starting", e);
      }
    }
  }

  /** Whether every role has its partitions and works. */
  public boolean isReady() {
    return roles.stream().allMatch(RunningRole::isReady);
  }

  /** Whether every role works, or will by itself. */
  public boolean isHealthy() {
    return roles.stream().allMatch(RunningRole::isHealthy);
  }

  /** Where the endpoints for operators' tools are. */
  public String httpUrl() {
    return http.url();
  }

  /** Stops all roles side by side, each within its own bound, then what they share. */
  @Override
  public void close() {
    http.close();
    List<Thread> closing =
        roles.stream().map(role -> Thread.ofVirtual().start(role::close)).toList();
    for (Thread thread : closing) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Whoever interrupts wants out now: what is open is aborted by the broker.
        Thread.currentThread().interrupt();
        return;
      }
    }
    for (AutoCloseable part : shared.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("part did not close");
      }
    }
  }

  private RequestTopics prepareTopics() {
    try (Admin admin = Admin.create(ClientSettings.shortAdmin(config.kafka()))) {
      TopicsAdmin topicsAdmin = new TopicsAdmin(admin);
      ClusterCheck check = new ClusterCheck(admin, config);
      ClusterCheck.Report report =
          switch (topics) {
            case CREATE ->
                check.report(
                    topicsAdmin.apply(ClusterCheck.wanted(config), BROKERS_DEFAULT_REPLICATION));
            case REQUIRE -> check.report();
          };
      report.requireNone(config.profile());
      report
          .others()
          .forEach(row ->
              LOG.atWarn()
                  .addKeyValue("topic", row.topic())
                  .addKeyValue("difference", row.detail())
                  .log("topic has a setting of its own"));
      if (config.roles().contains(Role.FAN_OUT)) {
        new RequestTopicStarts(admin).require(config.requestTopics().names(), Instant.now());
      }
      return config.requestTopics().withIds(topicsAdmin::topicId);
    }
  }

  private RunningRole build(Role role, Codecs codecs, RequestTopics requestTopics) {
    Clock clock = Clock.systemUTC();
    Senders senders = new Senders(config, codecs, guard, clock, shared::add, telemetry);
    return switch (role) {
      case DESTINATIONS ->
          streams(
              role,
              DestinationsTopology.APPLICATION_ID,
              NO_COPY,
              new DestinationsTopology(
                      codecs,
                      clock,
                      DestinationsConfig.defaults(),
                      new OperatorPolicy(guard, config.sending()),
                      telemetry.deadLetters(role.word()))
                  ::build);
      case FAN_OUT ->
          streams(
              role,
              FanOutTopology.APPLICATION_ID,
              NO_COPY,
              new FanOutTopology(
                      codecs,
                      clock,
                      FanOutConfig.defaults(requestTopics, config.partitions()),
                      telemetry.fanOut(role.word()),
                      telemetry.traces())
                  ::build);
      case TIMER ->
          streams(
              role,
              TimerTopology.APPLICATION_ID,
              ONE_COPY,
              new TimerTopology(
                      Role.SENT_TYPES, codecs, TimerConfig.defaults(), telemetry.timer(role.word()))
                  ::build);
      case STATUS ->
          streams(
              role,
              StatusTopology.APPLICATION_ID,
              ONE_COPY,
              new StatusTopology(
                      codecs,
                      clock,
                      StatusConfig.defaults(Role.SENT_TYPES)
                          .with(config.monitoring().autoDisable(), config.monitoring().alerts()),
                      telemetry.status(role.word()),
                      telemetry.traces())
                  ::build);
      case SENDER_WEBHOOK -> senders.sender(role, DestinationType.WEBHOOK);
      case SENDER_EMAIL -> senders.sender(role, DestinationType.EMAIL);
      case SENDER_STORAGE -> senders.sender(role, DestinationType.STORAGE);
    };
  }

  private RunningRole streams(
      Role role, String applicationId, int standbys, Supplier<Topology> topology) {
    return new StreamsRole(
        role.word(),
        topology,
        ClientSettings.streams(
            applicationId,
            config.kafka(),
            config.stateDirectory(),
            config.instance(),
            standbys,
            config.profile().durability()),
        new StreamsRole.Watcher() {
          @Override
          public void opened(KafkaStreams client) {
            telemetry.opened(client);
          }

          @Override
          public void closing(KafkaStreams client) {
            telemetry.closing(client);
          }
        });
  }
}
