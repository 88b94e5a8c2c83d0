package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.locals3.LocalS3;
import io.waybill.testkit.HttpSink;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the {@code sh} blocks of the first steps and of the guide's pages, each page as one shell
 * would, against one {@code waybill up}.
 */
class DocumentedCommandsIT {
  private static final Pattern BLOCK =
      Pattern.compile("^```sh( kcat)?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Path DOCS = Path.of("..", "..", "docs");
  private static final String ARCHIVE = "hospital-hipaa-audit-archive";
  private static final String BACKUP = "enterprise-audit-backup";
  private static final String ACCESS_KEY_ID = "DOCS0123456789ABCDEF";
  private static final String SECRET_ACCESS_KEY = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private static Path folder;

  private static Shell shell;
  private static HttpSink receiver;
  private static GreenMail mail;
  private static LocalS3 store;
  private static Process up;

  @BeforeAll
  static void start() throws Exception {
    shell = new Shell(folder);
    receiver = HttpSink.start();
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    store =
        LocalS3.start(
            ACCESS_KEY_ID, SECRET_ACCESS_KEY, List.of(ARCHIVE, BACKUP), folder.resolve("s3.log"));
    up =
        shell.start(
            "up.log",
            Map.of(),
            List.of(
                "bin/waybill",
                "up",
                "--allow-cidr",
                "127.0.0.0/8",
                "--allow-unencrypted-smtp",
                "127.0.0.1"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> shell.output("up.log").lines().anyMatch(line -> line.startsWith("ready ")));
  }

  @AfterAll
  static void stop() throws Exception {
    up.destroy();
    Shell.end(up, Duration.ofSeconds(60));
    store.close();
    mail.stop();
    receiver.close();
  }

  @Test
  void firstStepsWorkAsWritten() throws Exception {
    String output = run("/events", List.of("first-steps.md"));

    assertThat(output)
        .contains("completed", "duplicate", "failed", "replayed", "attempts-exhausted")
        .contains("organizationId", "options.priority")
        .doesNotContain("s3cr3t");
    assertThat(receiver.requests("/events"))
        .filteredOn(request ->
            request
                .bodyText()
                .equals(
                    "{\"reportId\": \"daily-1\", \"totalEvents\": 1250, \"price\": 1.10,"
                        + " \"id\": 9007199254740993}"))
        .as("sent once although it was published twice")
        .hasSize(1);
    assertThat(receiver.requests("/events"))
        .filteredOn(request -> request.bodyText().equals("1"))
        .as("replayed once to the mended destination")
        .hasSize(1);
    assertThat(receiver.requests("/events"))
        .filteredOn(request -> request.bodyText().equals("2"))
        .as("cancelled before it was due")
        .isEmpty();
  }

  @Test
  @Tag("long")
  void theTutorialWorksAsWritten() throws Exception {
    String output =
        run(
            "/guide",
            List.of(
                "guide/basic-implementation.md",
                "guide/healthcare-compliance.md",
                "guide/multi-destination-fanout.md"));

    assertThat(output)
        .contains("not-available", "waybill storage clean-up", "storage.platformCredentials")
        .doesNotContain("s3cr3t", SECRET_ACCESS_KEY, "Exception");
    assertThat(mail.getReceivedMessages())
        .extracting(message -> message.getAllRecipients()[0].toString())
        .containsExactlyInAnyOrder(
            "compliance@hospital.com",
            "security@hospital.com",
            "privacy-officer@hospital.com",
            "compliance@enterprise.com");
    for (MimeMessage message : mail.getReceivedMessages()) {
      assertThat(new String(message.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .doesNotContain("{{");
      assertThat(message.getSubject()).doesNotContain("{{");
    }
    assertThat(receiver.requests("/guide")).as("the report and the access").hasSize(2);
    assertThat(store.objects(ARCHIVE))
        .singleElement()
        .satisfies(object ->
            assertThat(object.key()).startsWith("audit-logs/hospital-001/").endsWith(".json"));
    assertThat(store.objects(BACKUP))
        .singleElement()
        .satisfies(object ->
            assertThat(new String(store.content(BACKUP, object.key()), StandardCharsets.UTF_8))
                .isEqualTo(
                    "{\"eventId\": \"evt-77\", \"action\": \"login\", \"userId\": \"u-17\"}"));
  }

  @Test
  @Tag("long")
  void fallbacksWorkAsWritten() throws Exception {
    assertThat(run("/fallback", List.of("guide/fallback.md"))).contains("completed");
    assertThat(receiver.requests("/fallback")).isNotEmpty();
  }

  @Test
  @Tag("long")
  void monitoringWorksAsWritten() throws Exception {
    assertThat(run("/monitoring", List.of("monitoring.md")))
        .contains("consecutive-failures", "unhealthy", "moves to another host on Monday");
  }

  /** Runs pages one after the other in one shell, and gives what they printed. */
  private static String run(String path, List<String> pages) throws Exception {
    List<String> blocks = new ArrayList<>();
    for (String page : pages) {
      List<String> found = blocks(DOCS.resolve(page));
      assertThat(found).as(page).isNotEmpty();
      blocks.addAll(found);
    }
    String name = path.substring(1);
    Path script = folder.resolve(name + ".sh");
    Files.writeString(script, String.join("\n", blocks));
    Process steps =
        shell.start(
            name + ".log",
            Map.of(
                "RECEIVER", receiver.uri(path).toString(),
                "SMTP_PORT", Integer.toString(mail.getSmtp().getPort()),
                "S3_ENDPOINT", store.endpoint().toString(),
                "S3_ACCESS_KEY_ID", ACCESS_KEY_ID,
                "S3_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
            List.of("bash", "-eu", "-o", "pipefail", script.toString()));
    int exit = Shell.end(steps, Duration.ofMinutes(4));
    String output = shell.output(name + ".log");
    assertThat(exit).as(output).isZero();
    return output;
  }

  private static List<String> blocks(Path page) throws Exception {
    boolean kcat = new ProcessBuilder("bash", "-c", "command -v kcat").start().waitFor() == 0;
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(page));
    while (matcher.find()) {
      if (matcher.group(1) == null || kcat) {
        blocks.add(matcher.group(2));
      } else {
        System.out.println("SKIPPED a block of " + page.getFileName() + ": kcat is not installed");
      }
    }
    return blocks;
  }
}
