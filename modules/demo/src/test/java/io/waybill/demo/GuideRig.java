package io.waybill.demo;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.locals3.LocalS3;
import io.waybill.testkit.HttpSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What the guide's pages assume: one {@code waybill up}, and receivers of every type on this
 * machine. All test classes share one.
 */
final class GuideRig implements AutoCloseable {
  static final String ARCHIVE = "hospital-hipaa-audit-archive";
  static final String BACKUP = "enterprise-audit-backup";
  static final String SECRET_ACCESS_KEY = "0123456789abcdef0123456789abcdef01234567";

  private static final String ACCESS_KEY_ID = "DOCS0123456789ABCDEF";
  private static final Duration PAGE_WITHIN = Duration.ofMinutes(10);

  private final Path folder;
  private final Shell shell;
  private final HttpSink receiver = HttpSink.start();
  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
  private final LocalS3 store;
  private final Process up;

  private GuideRig() throws IOException {
    folder = Files.createTempDirectory("waybill-guide");
    shell = new Shell(folder).withKafkaTools();
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
        .atMost(Duration.ofSeconds(180))
        .until(() -> shell.output("up.log").lines().anyMatch(line -> line.startsWith("ready ")));
  }

  Shell shell() {
    return shell;
  }

  HttpSink receiver() {
    return receiver;
  }

  GreenMail mail() {
    return mail;
  }

  LocalS3 store() {
    return store;
  }

  /** Runs the test's pages with the receiver at that path, and gives what they printed. */
  String run(TestInfo test, String path) throws Exception {
    return run(test, path, receiver.uri(path).toString());
  }

  /** The same with another receiver. */
  String run(TestInfo test, String name, String url) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("RECEIVER", url);
    environment.put("SMTP_PORT", Integer.toString(mail.getSmtp().getPort()));
    environment.put("S3_ENDPOINT", store.endpoint().toString());
    environment.put("S3_ACCESS_KEY_ID", ACCESS_KEY_ID);
    environment.put("S3_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    return shell.run(name.replace("/", ""), Pages.of(test), environment, PAGE_WITHIN);
  }

  @Override
  public void close() throws Exception {
    up.destroy();
    Shell.end(up, Duration.ofSeconds(60));
    store.close();
    mail.stop();
    receiver.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Gives tests the one rig, which is closed when all of them are through. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == GuideRig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(
              GuideRig.class,
              _ -> {
                try {
                  return new GuideRig();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
    }
  }
}
