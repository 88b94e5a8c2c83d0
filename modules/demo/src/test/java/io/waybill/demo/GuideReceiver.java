package io.waybill.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The receiver that the guide offers, as its readers start it. */
final class GuideReceiver implements AutoCloseable {
  private static final String LOG = "receiver.log";
  private static final Pattern ADDRESS =
      Pattern.compile("^listening on (\\S+)$", Pattern.MULTILINE);
  private static final Pattern REQUEST =
      Pattern.compile("^(\\S+Z) (\\d+) (\\S+) (\\S+) (.*)$", Pattern.MULTILINE);

  private final Shell shell;
  private final Process process;
  private final String address;

  /** One of the lines that it prints. */
  record Received(Instant at, int status, String path, String webhookId, String body) {}

  /** Starts it, on a free port. */
  GuideReceiver(Shell shell) throws IOException {
    this.shell = shell;
    Path source = Path.of("..", "..", "docs", "guide", "Receiver.java").toAbsolutePath();
    process = shell.start(LOG, Map.of(), List.of(Shell.java().toString(), source.toString(), "0"));
    address =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(this::printedAddress, Optional::isPresent)
            .orElseThrow();
  }

  private Optional<String> printedAddress() throws IOException {
    Matcher matcher = ADDRESS.matcher(shell.output(LOG));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  String url(String path) {
    return address + path;
  }

  /** What came for one path, in order. */
  List<Received> received(String path) throws IOException {
    return REQUEST
        .matcher(shell.output(LOG))
        .results()
        .map(line ->
            new Received(
                Instant.parse(line.group(1)),
                Integer.parseInt(line.group(2)),
                line.group(3),
                line.group(4),
                line.group(5)))
        .filter(one -> one.path().equals(path))
        .toList();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
