package io.waybill.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Submitted;
import io.waybill.soak.Fault.Kind;
import io.waybill.testkit.TestTopics;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, replication 3, min ISR 2, under a steady load of requests. */
@Tag("long")
class LeaderKillIT {
  private static final int KILLS = 3;
  private static final int PER_SECOND = 50;
  private static final Duration AWAY = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofMinutes(3);

  /** {@link Measures#LEADER_GAP}, twice, on a machine on which others may build meanwhile. */
  private static final Duration GAP = Duration.ofSeconds(50);

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  @DisplayName("F2: a leader of requests is killed, whoever it is: no submission fails or is lost")
  void f2NoSubmissionFailsWhoeverLeads(@TempDir Path folder) throws Exception {
    RunFiles files = new RunFiles(folder);
    Files.createDirectories(files.logs());
    Files.createDirectories(files.registry());
    List<Happened> kills = new ArrayList<>();
    try (Cluster cluster = new Cluster(files, 3)) {
      cluster.start();
      TestTopics.create(cluster.bootstrapServers(), Topics.REQUESTS, 3, Map.of());
      try (Load load = new Load(cluster.bootstrapServers(), files, PER_SECOND)) {
        load.start();
        awaitAck(load, Instant.now());
        for (int kill = 0; kill < KILLS; kill++) {
          kills.add(killLeader(cluster, kill));
          awaitAck(load, kills.getLast().over());
          Awaitility.await().atMost(SOON).ignoreExceptions().until(cluster::isInSync);
        }
        var _ = load.stop();
        assertThat(load.failure()).isEmpty();
      }

      List<Submitted> submitted =
          HistoryFiles.read(List.of(files.submitted()), List.of()).submitted();
      assertThat(submitted)
          .as("no client saw an error")
          .allMatch(one -> one.fate() == Submitted.Fate.ACKNOWLEDGED)
          .hasSizeGreaterThan(PER_SECOND * KILLS);
      assertThat(
              TopicReader.readAll(cluster.bootstrapServers(), Topics.REQUESTS).stream()
                  .map(record -> new String(record.key(), UTF_8)))
          .as("each once")
          .containsExactlyInAnyOrderElementsOf(
              submitted.stream().map(Submitted::deliveryId).collect(Collectors.toList()));
      Measures measures = new Measures(evidence(files, kills));
      List<Optional<Duration>> gaps = kills.stream().map(measures::gapOfLed).toList();
      System.out.println("leaders killed: " + kills + "; gaps " + gaps);
      assertThat(gaps)
          .allSatisfy(gap ->
              assertThat(gap)
                  .hasValueSatisfying(
                      time -> assertThat(time).isBetween(Duration.ofMillis(1), GAP)));
    }
  }

  /** Of a partition of requests: another one's each time. */
  private static Happened killLeader(Cluster cluster, int number) {
    Map<Part, List<Integer>> leaders = cluster.leaders(Topics.REQUESTS);
    Part leader =
        leaders.entrySet().stream()
            .filter(entry -> entry.getValue().contains(number))
            .findFirst()
            .orElseThrow()
            .getKey();
    Instant at = Instant.now();
    leader.kill();
    Awaitility.await().atMost(SOON).until(() -> Instant.now().isAfter(at.plus(AWAY)));
    Instant until = Instant.now();
    Instant back = leader.startAgain();
    return Happened.of(
            new Fault(number, Duration.ZERO, Kind.KILL, Roster.BROKER, Duration.ZERO),
            leader.name(),
            at,
            until)
        .leading(leaders.get(leader))
        .backAt(back);
  }

  private static void awaitAck(Load load, Instant after) {
    Awaitility.await().atMost(SOON).until(() -> load.lastAck().isAfter(after));
  }

  private static Evidence evidence(RunFiles files, List<Happened> kills) {
    SoakConfig config =
        new SoakConfig(
            1,
            Duration.ofMinutes(1),
            3,
            Duration.ofSeconds(8),
            PER_SECOND,
            Duration.ofSeconds(1),
            files.folder());
    return new Evidence(
        Run.of(config, "test", List.of(), List.of(), List.of()),
        kills,
        HistoryFiles.read(List.of(files.submitted()), List.of()),
        RunFiles.read(files.submitted(), Acknowledged::read),
        List.of(),
        OptionalLong.empty(),
        List.of(),
        List.of());
  }
}
