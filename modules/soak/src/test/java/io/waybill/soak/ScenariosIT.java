package io.waybill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Received;
import io.waybill.checker.Rule;
import io.waybill.checker.Submitted;
import io.waybill.soak.Fault.Kind;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows of the fault matrix one after the other on a whole installation of one broker, judged as a
 * soak is: what the faults are is written down here instead of being left to a seed.
 */
@Tag("long")
class ScenariosIT {
  private static final Duration AWAY = Duration.ofSeconds(1);
  private static final Duration DOWN = Duration.ofSeconds(20);

  /** Two of one process are this far apart, so that it works again when it is hit again. */
  private static final int TURN_SECONDS = 14;

  private static final int FAN_OUT_KILLS = 6;
  private static final List<String> SENDERS =
      List.of(Roster.WEBHOOK_1, Roster.EMAIL, Roster.WEBHOOK_2, Roster.STORAGE, Roster.WEBHOOK_1);
  private static final int BROKER_KILLS = 2;

  /** Seconds are for bin/soak, on a machine of its own; here others may build meanwhile. */
  private static final int BUSY = 4;

  private static Verdict verdict;

  @BeforeAll
  static void run(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    List<Fault> faults = faults();
    Duration lasts = faults.getLast().at().plus(AWAY);
    SoakConfig config =
        new SoakConfig(
            0, lasts, 1, Duration.ofSeconds(7), 30, Duration.ofSeconds(4), folder.resolve("run"));

    verdict = new Soak(config, "test", out).run(faults);

    verdict.print(out);
  }

  /** F14 by itself, then F7 and F10 side by side, then F1. */
  private static List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    add(faults, 1, Kind.REFUSES, Roster.MORTAL_LINK, DOWN);
    int second = Math.toIntExact(DOWN.toSeconds()) + 10;
    for (int kill = 0; kill < FAN_OUT_KILLS; kill++) {
      String victim = kill % 2 == 0 ? Roster.FAN_OUT_1 : Roster.FAN_OUT_2;
      add(faults, second + kill * TURN_SECONDS / 2, Kind.KILL, victim, AWAY);
    }
    for (int kill = 0; kill < SENDERS.size(); kill++) {
      add(faults, second + 3 + kill * TURN_SECONDS / 2, Kind.KILL, SENDERS.get(kill), AWAY);
    }
    second += (FAN_OUT_KILLS + 1) * TURN_SECONDS / 2;
    for (int kill = 0; kill < BROKER_KILLS; kill++) {
      add(faults, second + kill * TURN_SECONDS, Kind.KILL, Roster.BROKER, AWAY);
    }
    faults.sort(Comparator.comparing(Fault::at));
    return faults;
  }

  private static void add(List<Fault> to, int second, Kind kind, String victim, Duration lasts) {
    to.add(new Fault(to.size() + 1, Duration.ofSeconds(second), kind, victim, lasts));
  }

  private static List<Happened> happened(Kind kind, Set<String> victims) {
    return verdict.evidence().happened().stream()
        .filter(one -> one.is(kind) && victims.contains(one.victim()))
        .toList();
  }

  private static Bound bound(String name) {
    return verdict.bounds().stream().filter(one -> one.name().equals(name)).findFirst().get();
  }

  private static void assertHolds(String name, long samples) {
    Bound bound = bound(name);
    assertThat(bound.samples()).as(name).isGreaterThanOrEqualTo(samples);
    assertThat(bound)
        .as(name)
        .matches(
            one -> one.holds() || (one.unit().equals("s") && one.value() <= BUSY * one.limit()));
  }

  private static void assertNone(Rule... rules) {
    for (Rule rule : rules) {
      assertThat(verdict.report().of(rule)).as(rule.word()).isEmpty();
    }
  }

  @Test
  @DisplayName("F1: the only broker is killed: nothing is lost, and it takes requests again")
  void f1TheOnlyBrokerIsKilled() {
    assertThat(happened(Kind.KILL, Set.of("broker-1"))).hasSize(BROKER_KILLS);
    assertNone(Rule.LOST, Rule.PHANTOM, Rule.STUCK);
    assertHolds(Measures.FIRST_ACK, BROKER_KILLS);
    assertThat(verdict.report().numbers().acknowledged())
        .as("it was away for less than a client waits")
        .isEqualTo(verdict.report().numbers().submitted());
  }

  @Test
  @DisplayName("F7: fan-out is killed among its transactions: each task is there once")
  void f7FanOutIsKilledAmongItsTransactions() {
    assertThat(happened(Kind.KILL, Set.of(Roster.FAN_OUT_1, Roster.FAN_OUT_2)))
        .hasSize(FAN_OUT_KILLS);
    assertNone(Rule.FANOUT_DUP, Rule.LOST, Rule.PHANTOM, Rule.RECORDED_TWICE);
    assertHolds(Measures.STALL, verdict.report().numbers().acknowledged());
  }

  @Test
  @DisplayName("F10: senders are killed among their sends: the same ids, and no more than was open")
  void f10SendersAreKilledAmongTheirSends() {
    assertThat(happened(Kind.KILL, Set.copyOf(SENDERS))).hasSize(SENDERS.size());
    assertThat(bound(Measures.REPEATS).limit()).as("sends were open").isPositive();
    assertNone(Rule.BAD_ID, Rule.DUPS, Rule.FALSE_DELIVERED, Rule.LOST, Rule.NONMONO);
    assertHolds(Measures.REPEATS, 1);
    assertHolds(Measures.UNEXPLAINED, 1);
  }

  @Test
  @DisplayName("F14: a destination refuses all connections for a while, and gets everything after")
  void f14ADestinationIsDownAndGetsEverythingAfter() {
    Happened down = happened(Kind.REFUSES, Set.of(Roster.MORTAL_LINK)).getFirst();
    Run.Window window = new Run.Window(down.at(), down.until());
    Run.Window closed = new Run.Window(down.at().plus(AWAY), down.until());
    Set<String> waited =
        verdict.evidence().history().submitted().stream()
            .filter(one -> window.has(one.at()) && one.destinationIds().contains(Roster.MORTAL))
            .map(Submitted::deliveryId)
            .collect(Collectors.toSet());
    Map<String, Instant> first =
        verdict.evidence().history().received().stream()
            .filter(one -> one.destinationId().equals(Roster.MORTAL))
            .collect(
                Collectors.toMap(
                    Received::deliveryId, Received::receivedAt, (a, b) -> a.isBefore(b) ? a : b));

    assertThat(waited).hasSizeGreaterThan(10);
    assertThat(first).containsKeys(waited.toArray(String[]::new));
    assertThat(waited)
        .as("while it was down nothing came through")
        .noneMatch(id -> closed.has(first.get(id)));
    List<Long> others = new Measures(verdict.evidence()).latencies(List.of(window));
    assertThat(others).as("deliveries to others meanwhile").hasSizeGreaterThan(100);
    assertThat(Measures.p99(others))
        .as("nobody waited for it")
        .isLessThan(DOWN.dividedBy(2).toMillis());
  }

  @Test
  @DisplayName("F1, F7, F10, F14: every rule and every bound of a soak")
  void everyRuleAndEveryBoundHolds() {
    assertThat(verdict.report().findings()).isEmpty();
    assertThat(verdict.bounds())
        .filteredOn(bound -> !bound.name().equals(Measures.ISOLATION))
        .allSatisfy(bound -> assertHolds(bound.name(), 0));
    assertThat(IntStream.of(FAN_OUT_KILLS, SENDERS.size(), BROKER_KILLS).sum())
        .isEqualTo(Math.toIntExact(verdict.kills()));
  }
}
