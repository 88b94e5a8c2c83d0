package io.waybill.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/**
 * Logging of the commands that talk to a running Waybill: none, since a command says what went
 * wrong itself, or, with {@code --verbose}, warnings to the error output. Never to the output,
 * which scripts read.
 */
final class CliLogging {
  private CliLogging() {}

  static void apply(boolean verbose) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      // Somebody put another logging library on the class path; it has its own configuration.
      return;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    context.reset();
    if (!verbose) {
      root.setLevel(Level.OFF);
      return;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{30} %msg %kvp%n");
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setTarget("System.err");
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.WARN);
  }
}
