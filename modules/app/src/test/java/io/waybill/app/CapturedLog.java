package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What is logged by Waybill at DEBUG and by Kafka's clients at INFO, kept instead of printed. */
final class CapturedLog implements AutoCloseable {
  private static final Map<String, Level> LEVELS =
      Map.of("io.waybill", Level.DEBUG, "org.apache.kafka", Level.INFO);

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Keeper keeper = new Keeper();
  private final Map<String, @Nullable Level> before = new HashMap<>();

  private final class Keeper extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      StringBuilder text = new StringBuilder(event.getLoggerName());
      text.append(' ')
          .append(event.getThreadName())
          .append(' ')
          .append(event.getFormattedMessage());
      if (event.getKeyValuePairs() != null) {
        event.getKeyValuePairs().forEach(pair -> text.append(' ').append(pair));
      }
      if (event.getThrowableProxy() != null) {
        text.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      events.add(text.toString());
    }
  }

  void start() {
    keeper.start();
    LEVELS.forEach((name, level) -> {
      Logger logger = logger(name);
      before.put(name, logger.getLevel());
      logger.setLevel(level);
      logger.setAdditive(false);
      logger.addAppender(keeper);
    });
  }

  List<String> events() {
    return events;
  }

  void assertWithout(Marker... markers) {
    for (Marker marker : markers) {
      assertThat(events.stream().filter(marker::isIn).toList())
          .as("log lines with a marked %s", marker)
          .isEmpty();
    }
  }

  @Override
  public void close() {
    LEVELS
        .keySet()
        .forEach(name -> {
          Logger logger = logger(name);
          logger.detachAppender(keeper);
          logger.setAdditive(true);
          logger.setLevel(before.get(name));
        });
    keeper.stop();
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
