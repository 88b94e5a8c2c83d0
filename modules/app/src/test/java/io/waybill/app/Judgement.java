package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Bounds;
import io.waybill.checker.CheckerMain;
import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Received;
import io.waybill.checker.Submitted;
import io.waybill.domain.DestinationId;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.testkit.SentAnswer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes down what a test submitted and received, and has the guarantee checker judge the run. */
final class Judgement {
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

  /** The commit interval and one transaction, on a machine that is busy. */
  private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(2);

  /** What a process had sent when it ended may still be on its way to the receiver. */
  private static final Duration ARRIVES_WITHIN = Duration.ofMillis(500);

  /**
   * A request that nobody answers counts as under way for as long as its sender may wait for it.
   */
  private static final Duration GIVEN_UP_WITHIN = Duration.ofSeconds(7);

  private static final int NOT_FOUND = 404;

  private Judgement() {}

  /** Whether a receipt ended its task: received, or refused for good. */
  static boolean isEnd(Received one) {
    return one.status().isPresent()
        && (one.status().getAsInt() / 100 == 2 || one.status().getAsInt() == NOT_FOUND);
  }

  /**
   * What faults at these moments may repeat: the most that the receivers had under way at one, and
   * the most that they had answered just before.
   */
  static Bounds boundsOf(List<Instant> faults, List<Received> received) {
    long underWay = 0;
    long answered = 0;
    for (Instant fault : faults) {
      List<Received> open = received.stream().filter(one -> isOpenAt(fault, one)).toList();
      long unanswered = open.stream().filter(one -> endOf(one).isAfter(fault)).count();
      underWay = Math.max(underWay, unanswered);
      answered = Math.max(answered, open.size() - unanswered);
    }
    return new Bounds(faults.size(), underWay, answered);
  }

  /**
   * Receipts that ended their task, which came again although no fault lies between the two. What
   * failed, or was never answered, had to come again. Whether what had ended before a fault was
   * committed by then is not told by any clock: see the offsets of that moment.
   */
  static List<Received> repeatedForNothing(List<Instant> faults, List<Received> received) {
    Map<String, List<Received>> byTask =
        received.stream().collect(Collectors.groupingBy(Received::webhookId));
    return byTask.values().stream()
        .flatMap(receipts -> {
          List<Received> inOrder =
              receipts.stream().sorted(Comparator.comparing(Received::receivedAt)).toList();
          return IntStream.range(1, inOrder.size())
              .filter(i -> isEnd(inOrder.get(i - 1)))
              .filter(i -> !isAnyBetween(faults, inOrder.get(i - 1), inOrder.get(i)))
              .mapToObj(inOrder::get);
        })
        .toList();
  }

  private static boolean isAnyBetween(List<Instant> faults, Received first, Received again) {
    return faults.stream()
        .anyMatch(fault ->
            first.receivedAt().isBefore(fault.plus(ARRIVES_WITHIN))
                && fault.isBefore(again.receivedAt()));
  }

  /**
   * How long before a fault the oldest of those had ended that came again for it; zero when all
   * were still under way.
   */
  static Duration oldestRepeated(List<Instant> faults, List<Received> received) {
    Map<String, List<Received>> byTask =
        received.stream().collect(Collectors.groupingBy(Received::webhookId));
    return byTask.values().stream()
        .flatMap(receipts ->
            receipts.stream()
                .sorted(Comparator.comparing(Received::receivedAt))
                .limit(receipts.size() - 1L)
                .filter(Judgement::isEnd))
        .filter(one ->
            faults.stream()
                .noneMatch(fault ->
                    one.receivedAt().isBefore(fault.plus(ARRIVES_WITHIN))
                        && !endOf(one).isBefore(fault)))
        .flatMap(one ->
            faults.stream()
                .filter(fault -> fault.isAfter(endOf(one)))
                .map(fault -> Duration.between(endOf(one), fault))
                .min(Comparator.naturalOrder())
                .stream())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private static boolean isOpenAt(Instant fault, Received one) {
    return one.receivedAt().isBefore(fault.plus(ARRIVES_WITHIN))
        && endOf(one).isAfter(fault.minus(COMMITTED_WITHIN));
  }

  private static Instant endOf(Received one) {
    return one.answeredAt().orElse(one.receivedAt().plus(GIVEN_UP_WITHIN));
  }

  /** A line of a receiver's history. */
  static Received received(HttpSink receiver, ReceivedRequest request, DestinationId destination) {
    Optional<SentAnswer> answer = receiver.answerTo(request);
    return new Received(
        request.header("webhook-id").orElse(""),
        request.header("waybill-delivery-id").orElse(""),
        destination.value(),
        request.at(),
        answer.map(SentAnswer::at),
        answer.map(sent -> OptionalInt.of(sent.status())).orElse(OptionalInt.empty()),
        Optional.of(sha256(request.body())));
  }

  /** SHA-256 in hexadecimal digits, as histories have it. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Fails with the checker's words when a rule is broken. */
  static void assertEveryRuleHolds(
      Path folder,
      Installation waybill,
      List<Submitted> submitted,
      List<Received> received,
      Bounds bounds)
      throws IOException {
    Path submittedFile = folder.resolve("submitted.jsonl");
    Path receivedFile = folder.resolve("received.jsonl");
    Files.write(submittedFile, submitted.stream().map(HistoryFiles::line).toList());
    Files.write(receivedFile, received.stream().map(HistoryFiles::line).toList());
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    int exitCode =
        CheckerMain.commandLine()
            .setOut(writer)
            .setErr(writer)
            .execute(
                "--bootstrap-server=" + waybill.bootstrapServers(),
                "--registry=" + waybill.config().schemaRegistry().get("schema.registry.url"),
                "--submitted=" + submittedFile,
                "--received=" + receivedFile,
                "--crashes=" + bounds.crashes(),
                "--in-flight=" + bounds.inFlight(),
                "--finished-not-committed=" + bounds.finishedNotCommitted(),
                "--organization=" + submitted.getFirst().organizationId(),
                "--settle=" + SETTLES_WITHIN.toSeconds());
    System.out.println(out);
    assertThat(exitCode).as("%s", out).isEqualTo(CheckerMain.PASSED);
  }
}
