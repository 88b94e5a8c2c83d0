package io.waybill.app.telemetry;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How the log is written. */
public enum LogFormat {
  /** A line for people. */
  TEXT,
  /** One JSON object per line, for tools. */
  JSON;

  /** The word in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #word}. */
  public static Optional<LogFormat> parse(String word) {
    return Arrays.stream(values()).filter(format -> format.word().equals(word)).findFirst();
  }

  /**
   * The whole process logs like this from now on, libraries with a log of their own included.
   * Another logging library on the class path has its own configuration, and is left alone.
   */
  public void apply() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (this == JSON && factory instanceof LoggerContext context) {
      writeJson(context);
    }
  }

  /** Every console of that context writes JSON from now on. */
  static void writeJson(LoggerContext context) {
    Iterator<Appender<ILoggingEvent>> appenders =
        context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    while (appenders.hasNext()) {
      if (appenders.next() instanceof ConsoleAppender<ILoggingEvent> console) {
        JsonLines lines = new JsonLines();
        lines.setContext(context);
        lines.start();
        console.setEncoder(lines);
      }
    }
  }
}
