package io.waybill.soak;

import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The receivers' process, and in front of it the links that are spoiled; for any thread. */
final class Receivers implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("^" + ReceiversMain.READY + " (\\d+) (\\d+) (\\d+)$");
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final ChildJvm process;
  private final Map<String, FaultProxy> links = new TreeMap<>();

  Receivers(RunFiles files) {
    process =
        Children.start(
            files,
            "receivers",
            ReceiversMain.class,
            List.of("-Xmx512m"),
            files.folder().toString());
    Matcher ports = process.awaitLine(READY, READY_WITHIN);
    int http = Integer.parseInt(ports.group(1));
    links.put(Roster.HTTP_LINK, FaultProxy.to(http, 0));
    links.put(Roster.MORTAL_LINK, FaultProxy.to(http, 0));
    links.put(Roster.SMTP_LINK, FaultProxy.to(Integer.parseInt(ports.group(2)), 0));
    links.put(Roster.S3_LINK, FaultProxy.to(Integer.parseInt(ports.group(3)), 0));
  }

  FaultProxy link(String name) {
    FaultProxy link = links.get(name);
    if (link == null) {
      throw new SoakException("there is no link " + name);
    }
    return link;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    links.values().forEach(FaultProxy::close);
    process.close();
  }
}
