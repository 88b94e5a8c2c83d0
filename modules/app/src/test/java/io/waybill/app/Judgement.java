package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Bounds;
import io.waybill.checker.CheckerMain;
import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Received;
import io.waybill.checker.Submitted;
import io.waybill.domain.DestinationId;
import io.waybill.sender.SenderLimits;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes down what a test submitted and received, and has the guarantee checker judge the run. */
final class Judgement {
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

  private Judgement() {}

  /** What a sender with the usual limits may repeat, killed so often, of so many partitions. */
  static Bounds boundsOf(int kills, int partitions) {
    SenderLimits limits = SenderLimits.defaults();
    // A partition holds unfinished and uncommitted tasks together; the rest of them is finished.
    long uncommitted = (long) limits.perPartition() * partitions;
    long inFlight = Math.min(limits.inFlight(), uncommitted);
    return new Bounds(kills, inFlight, uncommitted - inFlight);
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
                "--settle=" + SETTLES_WITHIN.toSeconds());
    System.out.println(out);
    assertThat(exitCode).as("%s", out).isEqualTo(CheckerMain.PASSED);
  }
}
