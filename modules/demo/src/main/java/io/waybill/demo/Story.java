package io.waybill.demo;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.OverallState;
import io.waybill.domain.TaskId;
import io.waybill.locals3.LocalS3;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tutorial, told by commands and by what the receivers got. */
final class Story {
  private static final String SIEM_PATH = "/api/audit-events";
  private static final String ANALYTICS_PATH = "/api/events";

  /** Printed: the demo's patients are made up, and there is no other way apart here. */
  private static final String PASSWORD = "correct horse battery staple";

  private static final Duration SOON = Duration.ofSeconds(30);

  private final Typist waybill;
  private final Receivers receivers;
  private final StatusTable table;
  private final PrintWriter out;
  private final String today = LocalDate.now(ZoneOffset.UTC).toString();

  Story(Typist waybill, Receivers receivers, StatusTable table, PrintWriter out) {
    this.waybill = waybill;
    this.receivers = receivers;
    this.table = table;
    this.out = out;
  }

  /** The ids of the hospital's destinations. */
  private record Hospital(String email, String siem, String archive, String secureEmail) {}

  void tell() throws IOException {
    receivers.http().answer(SIEM_PATH, number -> number < 2 ? 503 : 200);
    receivers.http().answer(ANALYTICS_PATH, _ -> 500);
    Hospital hospital = basicImplementation();
    dailyReport(hospital);
    healthcareCompliance(hospital);
    multiDestinationFanout();
    deadLetter();
    receipts();
  }

  private Hospital basicImplementation() throws IOException {
    heading("Basic Implementation and Healthcare Compliance: four destinations");
    out.println("The tutorial's services sendgrid and ses come later; here both are smtp.");
    String email = waybill.apply("compliance-email.json", mailServer());
    String siem = waybill.apply("siem.json", Map.of("url", receivers.http().url(SIEM_PATH)));
    String archive = waybill.apply("hipaa-archive.json", store());
    out.println();
    out.println(
        "The secure mail asks for encryption and says not for whom, as in the tutorial: it is");
    out.println("refused, never sent in clear instead. With a password, told apart, it is taken:");
    waybill.applyInVain(
        "secure-email.json",
        with(mailServer(), "encryption", "{\"enabled\": true, \"algorithm\": \"AES-256-GCM\"}"));
    String secureEmail =
        waybill.apply(
            "secure-email.json",
            with(
                mailServer(),
                "encryption",
                "{\"enabled\": true, \"algorithm\": \"AES-256-GCM\", \"password\": \""
                    + PASSWORD
                    + "\"}"));
    table.name(email, "Compliance Team Email");
    table.name(siem, "SIEM Integration");
    table.name(archive, "HIPAA Archive");
    table.name(secureEmail, "Secure PHI Email");
    return new Hospital(email, siem, archive, secureEmail);
  }

  private void dailyReport(Hospital hospital) throws IOException {
    heading("The daily report, by mail and webhook: the SIEM answers 503, 503 and then 200");
    DeliveryId report =
        waybill.deliver(
            "daily-report.json",
            Map.of(
                "complianceEmail", hospital.email(),
                "siemWebhook", hospital.siem(),
                "date", today));
    out.println("What waybill.status says, change by change:");
    follow(report, "daily report", OverallState.COMPLETED);
  }

  private void healthcareCompliance(Hospital hospital) throws IOException {
    heading("Two accesses to protected health information, by webhook and into the archive");
    out.println("The tutorial sends to a complianceWebhook that it never creates: here the SIEM.");
    for (String number : List.of("1", "2")) {
      DeliveryId access =
          waybill.deliver(
              "phi-access.json",
              Map.of(
                  "siemWebhook", hospital.siem(),
                  "hipaaArchive", hospital.archive(),
                  "number", number));
      follow(access, "phi-access " + number, OverallState.COMPLETED);
    }
    heading("The second one is of high risk: the privacy officer gets a mail");
    DeliveryId alert =
        waybill.deliver(
            "phi-alert.json", Map.of("secureEmail", hospital.secureEmail(), "number", "2"));
    follow(alert, "alert", OverallState.COMPLETED);
  }

  private void multiDestinationFanout() throws IOException {
    heading("Multi-Destination Fanout: the primary fails, the backup receives");
    String backup = waybill.apply("s3-archive.json", store());
    String analytics =
        waybill.apply(
            "analytics.json",
            Map.of("url", receivers.http().url(ANALYTICS_PATH), "backup", backup));
    table.name(backup, "S3 Backup Archive");
    table.name(analytics, "Real-time Analytics");
    DeliveryId event = waybill.deliver("audit-event.json", Map.of("analytics", analytics));
    follow(event, "audit-event", OverallState.COMPLETED);
  }

  private void deadLetter() throws IOException {
    heading("Without a backup, what cannot be delivered is a dead letter");
    String alone =
        waybill.apply("analytics-alone.json", Map.of("url", receivers.http().url(ANALYTICS_PATH)));
    table.name(alone, "Analytics alone");
    DeliveryId lost = waybill.deliver("audit-event.json", Map.of("analytics", alone));
    follow(lost, "lost event", OverallState.FAILED);
    waybill.run("dead-letters", "list", "--destination", alone);
    out.println();
    out.println("The receiver is mended, and the dead letter replayed:");
    receivers.http().answer(ANALYTICS_PATH, _ -> 200);
    waybill.run("dead-letters", "replay", failedTask(table.status(lost)).value());
    follow(lost, "lost event", OverallState.COMPLETED);
  }

  private void receipts() {
    heading("What the receivers got: requests");
    for (LocalReceiver.Received request : receivers.http().received()) {
      out.printf(
          "%s %-18s webhook-id %s, attempt %s -> %d%n",
          request.method(),
          request.path(),
          request.headers().get("webhook-id"),
          request.headers().get("waybill-attempt"),
          request.answered());
    }
    out.println();
    out.println("The daily report as it arrived, byte for byte as it was published:");
    receivers.http().received().stream()
        .filter(request -> request.body().contains("daily-") && request.answered() == 200)
        .findFirst()
        .ifPresent(this::print);

    heading("What the receivers got: mails, one for each recipient");
    for (MimeMessage mail : receivers.mail().mails()) {
      LocalMail.print(mail, out);
      out.println();
    }
    out.println("The password of the last one is '" + PASSWORD + "'.");

    heading("What the receivers got: objects");
    for (String bucket : List.of(Receivers.ARCHIVE, Receivers.BACKUP)) {
      for (LocalS3.StoredObject object : receivers.store().objects(bucket)) {
        out.println("s3://" + bucket + "/" + object.key());
        out.printf(
            "    %d bytes, %s, storage class %s%n",
            object.size(),
            object.contentType(),
            object.storageClass().isEmpty() ? "of the bucket" : object.storageClass());
      }
    }
    out.flush();
  }

  private void follow(DeliveryId delivery, String name, OverallState until) {
    table.name(delivery.toString(), name);
    table.printHead();
    table.follow(delivery, status -> status.state() == until, SOON);
  }

  private Map<String, String> mailServer() {
    return Map.of("port", Integer.toString(receivers.mail().port()));
  }

  private Map<String, String> store() {
    return Map.of(
        "endpoint", receivers.store().endpoint().toString(),
        "accessKeyId", receivers.accessKeyId(),
        "secretAccessKey", receivers.secretAccessKey());
  }

  private static Map<String, String> with(Map<String, String> values, String name, String value) {
    var more = new java.util.HashMap<>(values);
    more.put(name, value);
    return more;
  }

  private void print(LocalReceiver.Received request) {
    out.println(request.method() + " " + request.path() + " -> " + request.answered());
    request
        .headers()
        .forEach((name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith("webhook-")
              || lower.startsWith("waybill-")
              || lower.startsWith("x-")
              || lower.equals("content-type")
              || lower.equals("authorization")) {
            out.println("    " + lower + ": " + value);
          }
        });
    out.println("    " + request.body());
  }

  private void heading(String text) {
    out.println();
    out.println("== " + text);
    out.flush();
  }

  private static TaskId failedTask(DeliveryStatus status) {
    return status.destinations().stream()
        .filter(destination -> destination.state() == DestinationState.FAILED)
        .flatMap(destination -> destination.taskId().stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no destination failed"));
  }
}
