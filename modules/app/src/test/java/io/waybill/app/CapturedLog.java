package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What is logged by Waybill at DEBUG, by Kafka's clients and the mail library at INFO, and by the
 * HTTP client and the object stores' SDK at the level that the shipped configuration allows them:
 * at DEBUG they print headers and answers. Kept instead of printed.
 */
final class CapturedLog implements AutoCloseable {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "io.waybill",
          Level.DEBUG,
          "org.apache.kafka",
          Level.INFO,
          "org.apache.hc",
          shipped("org.apache.hc"),
          "software.amazon.awssdk",
          shipped("software.amazon.awssdk"));

  /**
   * The mail library logs to java.util.logging, some of it under the name of our own package, for
   * its transport is extended there.
   */
  private static final List<String> MAIL_LOGGERS =
      List.of("io.waybill", "org.eclipse.angus", "jakarta.mail", "com.sun.mail");

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Keeper keeper = new Keeper();
  private final MailHandler mailHandler = new MailHandler();

  /** Held, for the JDK forgets loggers that nobody holds, and their levels with them. */
  private final List<java.util.logging.Logger> mailLoggers = new ArrayList<>();

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

  private final class MailHandler extends Handler {
    @Override
    public void publish(LogRecord logged) {
      StringBuilder text = new StringBuilder(String.valueOf(logged.getLoggerName()));
      text.append(' ').append(new SimpleFormatter().formatMessage(logged));
      if (logged.getThrown() != null) {
        StringWriter trace = new StringWriter();
        logged.getThrown().printStackTrace(new PrintWriter(trace));
        text.append('\n').append(trace);
      }
      events.add(text.toString());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  void start() {
    keeper.start();
    MAIL_LOGGERS.forEach(name -> {
      var logger = java.util.logging.Logger.getLogger(name);
      logger.setLevel(java.util.logging.Level.INFO);
      logger.setUseParentHandlers(false);
      logger.addHandler(mailHandler);
      mailLoggers.add(logger);
    });
    LEVELS.forEach((name, level) -> {
      Logger logger = logger(name);
      before.put(name, logger.getLevel());
      logger.setLevel(level);
      logger.setAdditive(false);
      logger.addAppender(keeper);
    });
  }

  /** From now on the mail library's log at DEBUG too, which is called FINE there. */
  void withMailLibraryAtDebug() {
    mailLoggers.forEach(logger -> logger.setLevel(java.util.logging.Level.FINE));
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
    mailLoggers.forEach(logger -> {
      logger.removeHandler(mailHandler);
      logger.setUseParentHandlers(true);
      logger.setLevel(null);
    });
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

  private static Level shipped(String name) {
    LoggerContext context = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(Objects.requireNonNull(Main.class.getResource("/logback.xml")));
      return context.getLogger(name).getEffectiveLevel();
    } catch (JoranException e) {
      throw new IllegalStateException(e);
    } finally {
      context.stop();
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
