package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.NameResolver;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A bug is logged once, with its place and without its words. */
class WebhookLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.waybill");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.TRACE);
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setLevel(null);
  }

  @Test
  void saysWhereButNotWhat() throws Exception {
    try (AddressGuard guard = new AddressGuard(NameResolver.ofJdk(), List.of(), 1);
        WebhookChannel channel =
            WebhookChannel.start(
                WebhookSettings.defaults("test"),
                (secrets, config) -> {
                  throw new IllegalArgumentException("cannot parse tok-123456789");
                },
                guard,
                InstantSource.system(),
                SSLContext.getDefault())) {
      channel.send(anAttempt().header("Authorization", "Bearer tok-123456789").build());
    }

    assertThat(logged.list)
        .singleElement()
        .satisfies(event -> assertThat(event.getLevel()).isEqualTo(Level.ERROR));
    String text =
        logged.list.stream()
            .map(event -> event + " " + ThrowableProxyUtil.asString(event.getThrowableProxy()))
            .collect(Collectors.joining());
    assertThat(text)
        .contains("IllegalArgumentException", "WebhookLogTest")
        .doesNotContain("tok-123456789");
  }
}
