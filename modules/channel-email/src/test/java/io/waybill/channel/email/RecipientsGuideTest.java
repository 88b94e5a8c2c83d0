package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/guide/encrypted-mail.md tells recipients, word by word. */
class RecipientsGuideTest {
  private static final String PASSWORD = "correct horse 'battery' staple";
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;
  private final Rig rig = new Rig().at(Instant.now().plus(Duration.ofDays(1)));
  private final ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
  private final List<String> blocks = blocks();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private Attempts report() {
    return anAttempt()
        .at(server)
        .to("privacy-officer@hospital.com")
        .body("of {{patient}}")
        .data("{\"patient\": \"" + Marker.PHI + "\"}");
  }

  @Test
  void makesACertificateAndOpensWhatIsSentToIt() throws Exception {
    assertThat(run(blocks.get(0))).isZero();
    String pem = Files.readString(folder.resolve("officer.crt"));
    String raw = send(report().encryptedTo(pem));
    Files.writeString(folder.resolve("received.eml"), raw, StandardCharsets.ISO_8859_1);

    assertThat(run(blocks.get(1))).isZero();

    assertThat(folder.resolve("mail.eml")).content().contains("of " + Marker.PHI);
  }

  @Test
  void opensTheAttachmentWithThePassword() throws Exception {
    Files.write(folder.resolve("encrypted-mail.cms"), attachment());

    assertThat(run(blocks.get(2))).isZero();

    assertThat(folder.resolve("mail.eml")).content().contains("of " + Marker.PHI);
  }

  @Test
  void aChangedMailLeavesNoFile() throws Exception {
    byte[] cms = attachment();
    Files.write(folder.resolve("encrypted-mail.cms"), Marker.withItsTagChanged(cms));

    assertThat(run(blocks.get(2))).isNotZero();

    assertThat(folder.resolve("mail.eml")).doesNotExist();
  }

  /** Why the guide says so: what openssl does by itself. */
  @Test
  void openSslWritesAChangedMailBeforeItFails() throws Exception {
    byte[] cms = attachment();
    byte[] changed = Marker.withItsTagChanged(cms);

    OpenSsl.Result result = new OpenSsl(folder).decryptFile(changed, PASSWORD);

    assertThat(result.exit()).isNotZero();
    assertThat(result.text()).contains(Marker.PHI);
  }

  @Test
  void theMailItselfSaysTheSame() throws Exception {
    String cover = part(send(report().encryptedWith(PASSWORD)), "text/plain");
    int begin = cover.indexOf("openssl cms");
    String command =
        cover
            .substring(begin, cover.indexOf("\r\n\r\n", begin))
            .replace("\r\n", "\n")
            .replace("'PASSWORD'", "\"$PASSWORD\"");
    byte[] cms = attachment();
    Files.write(folder.resolve("encrypted-mail.cms"), cms);
    assertThat(run(command)).isZero();
    assertThat(folder.resolve("mail.eml")).content().contains("of " + Marker.PHI);

    Files.write(folder.resolve("encrypted-mail.cms"), Marker.withItsTagChanged(cms));
    run(command);

    assertThat(folder.resolve("mail.eml")).doesNotExist();
  }

  private byte[] attachment() {
    String encoded = part(send(report().encryptedWith(PASSWORD)), "application/cms");
    return Base64.getMimeDecoder().decode(encoded);
  }

  private String send(Attempts attempt) {
    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);
    return server.taken().getLast().raw();
  }

  /** The body of the part of a type, up to the next boundary. */
  private static String part(String raw, String type) {
    int head = raw.indexOf("Content-Type: " + type);
    int begin = raw.indexOf("\r\n\r\n", head) + 4;
    return raw.substring(begin, raw.indexOf("\r\n--", begin));
  }

  private int run(String commands) throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile());
    shell.environment().put("PASSWORD", PASSWORD);
    Process process = shell.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static List<String> blocks() {
    try {
      String page = Files.readString(Path.of("..", "..", "docs", "guide", "encrypted-mail.md"));
      List<String> found =
          BLOCK.matcher(page).results().map((MatchResult block) -> block.group(1)).toList();
      assertThat(found).hasSize(3);
      return found;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
