package io.waybill.soak;

import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Received;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.MailSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.testkit.SentAnswer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/**
 * The receivers of a run, in a process that nobody kills: webhooks, a mail server and an object
 * store, which append each request to their histories. Which destination they are they know by
 * themselves: from the path, the recipient, or the bucket.
 */
final class ReceiversMain {
  static final String READY = "receivers ready";

  private ReceiversMain() {}

  /** {@code args}: the run's folder. Prints the ports of HTTP, SMTP and S3. */
  public static void main(String[] args) throws InterruptedException {
    RunFiles files = new RunFiles(Path.of(args[0]));
    HttpSink webhooks = HttpSink.startForgetful(0, InstantSource.system());
    Webhooks script = new Webhooks();
    RunFiles.Lines webhookLines = new RunFiles.Lines(files.received("http"));
    webhooks.answerOtherwise(script::answer);
    webhooks.onEnding(
        (request, answer) -> webhookLines.add(HistoryFiles.line(webhook(request, answer))));

    HttpSink store = HttpSink.startForgetful(0, InstantSource.system());
    Objects objects = new Objects();
    RunFiles.Lines storeLines = new RunFiles.Lines(files.received("s3"));
    store.answerOtherwise(objects::answer);
    store.onEnding((request, answer) -> {
      if (request.method().equals("PUT")) {
        storeLines.add(HistoryFiles.line(object(request, answer)));
      }
    });

    RunFiles.Lines mailLines = new RunFiles.Lines(files.received("smtp"));
    MailSink mails =
        MailSink.start()
            .on(
                "END",
                raw -> {
                  mailLines.add(HistoryFiles.line(mail(raw)));
                  return "250 2.0.0 Ok: queued as 4F1A2B3C";
                });
    System.out.println(READY + " " + webhooks.port() + " " + mails.port() + " " + store.port());
    new CountDownLatch(1).await();
  }

  private static Received webhook(ReceivedRequest request, Optional<SentAnswer> answer) {
    return new Received(
        request.header("webhook-id").orElse(""),
        request.header("waybill-delivery-id").orElse(""),
        Webhooks.destination(request),
        request.at(),
        answer.map(SentAnswer::at),
        statusOf(answer),
        Optional.of(Hashes.sha256(request.body())));
  }

  private static Received object(ReceivedRequest request, Optional<SentAnswer> answer) {
    return new Received(
        request.header("x-amz-meta-waybill-task-id").orElse(""),
        request.header("x-amz-meta-waybill-delivery-id").orElse(""),
        Objects.bucket(request),
        request.at(),
        answer.map(SentAnswer::at),
        statusOf(answer),
        Optional.of(Hashes.sha256(request.body())));
  }

  private static OptionalInt statusOf(Optional<SentAnswer> answer) {
    return answer.map(sent -> OptionalInt.of(sent.status())).orElse(OptionalInt.empty());
  }

  /** Written before the answer: who takes a mail has it, whatever becomes of the 250. */
  private static Received mail(String raw) {
    MailSink.Offered mail = new MailSink.Offered("", raw, true);
    String id = mail.header("Message-ID");
    String recipient = mail.header("To");
    Instant now = Instant.now();
    return new Received(
        id.substring(Math.min(1, id.length()), Math.max(1, id.indexOf('.'))),
        mail.header("X-Delivery-Id"),
        recipient.substring(0, Math.max(0, recipient.indexOf('@'))),
        now,
        Optional.of(now),
        OptionalInt.of(250),
        Optional.of(Hashes.sha256(attachment(raw))));
  }

  private static byte[] attachment(String raw) {
    int part = raw.indexOf("Content-Disposition: attachment");
    int begin = raw.indexOf("\r\n\r\n", part);
    int end = raw.indexOf("\r\n--", begin);
    return part < 0 || begin < 0 || end < 0
        ? new byte[0]
        : Base64.getMimeDecoder().decode(raw.substring(begin, end).strip());
  }
}
