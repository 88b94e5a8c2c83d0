package io.waybill.channel.webhook;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the HTTP client that sends one request once. By default HttpClient would send a POST again
 * after 503, follow 303 to another host with an empty GET, and inflate whatever it gets.
 */
final class HardenedClient {
  private static final Logger log = LoggerFactory.getLogger(HardenedClient.class);

  private HardenedClient() {}

  /**
   * Of each of a connection's three. HttpCore's 32 KiB are as much memory for 5,000 idle
   * connections as a small heap has.
   */
  private static final int BUFFER_BYTES = 8 * 1024;

  private static final int MAX_ANSWER_HEADERS = 200;
  private static final int MAX_ANSWER_LINE = 16 * 1024;

  /**
   * A client that has not been started.
   *
   * @param closing whether it is being closed, so that its threads may complain
   */
  static CloseableHttpAsyncClient build(
      WebhookSettings settings,
      DnsResolver addresses,
      SSLContext sslContext,
      BooleanSupplier closing) {
    return HttpAsyncClients.custom()
        .setConnectionManager(connections(settings, addresses, sslContext))
        .setIOReactorConfig(
            IOReactorConfig.custom()
                .setIoThreadCount(settings.ioThreads())
                .setTcpNoDelay(true)
                .build())
        .setIoReactorExceptionCallback(failure -> onReactorFailure(failure, closing))
        .setThreadFactory(Thread.ofPlatform().daemon().name("waybill-webhook-io-", 0).factory())
        .setHttp1Config(
            Http1Config.custom()
                .setBufferSize(BUFFER_BYTES)
                .setMaxHeaderCount(MAX_ANSWER_HEADERS)
                .setMaxLineLength(MAX_ANSWER_LINE)
                .setMaxEmptyLineCount(10)
                .build())
        .setRoutePlanner(Egress.routes())
        .setKeepAliveStrategy(keepAlive(settings.keepAlive()))
        .setUserAgent(settings.userAgent())
        .addExecInterceptorAfter(ChainElement.CONNECT.name(), "waybill-grip", Grip.interceptor())
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .evictExpiredConnections()
        .evictIdleConnections(TimeValue.of(settings.keepAlive()))
        .build();
  }

  /**
   * How one request is sent.
   *
   * @param connectTimeout of the connection to one address and, again, of its TLS handshake
   * @param timeout of the attempt; here only a net below its own deadline
   */
  // The client would have one connect time-out per receiver, but each attempt has its own deadline.
  @SuppressWarnings("deprecation")
  static RequestConfig requestConfig(Duration connectTimeout, Duration timeout) {
    Duration shorter = timeout.compareTo(connectTimeout) < 0 ? timeout : connectTimeout;
    return RequestConfig.custom()
        .setConnectTimeout(Timeout.of(shorter))
        .setConnectionRequestTimeout(Timeout.of(timeout))
        .setResponseTimeout(Timeout.of(timeout.plusSeconds(1)))
        .setRedirectsEnabled(false)
        .setAuthenticationEnabled(false)
        .setContentCompressionEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .setExpectContinueEnabled(false)
        .build();
  }

  private static void onReactorFailure(Exception failure, BooleanSupplier closing) {
    // Closing pulls selectors away from threads that are using them, which they take badly.
    if (!closing.getAsBoolean()) {
      log.atError().setCause(failure).log("webhook i/o thread failed");
    }
  }

  private static PoolingAsyncClientConnectionManager connections(
      WebhookSettings settings, DnsResolver addresses, SSLContext sslContext) {
    return Egress.connections()
        .setDnsResolver(addresses)
        // One lock per receiver, not one for all of them.
        .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
        .setMaxConnPerRoute(settings.maxConnections())
        .setMaxConnTotal(settings.maxConnections())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setTimeToLive(TimeValue.of(settings.timeToLive()))
                .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                .build())
        .setDefaultTlsConfig(
            TlsConfig.custom()
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                .setSupportedProtocols(TLS.V_1_2, TLS.V_1_3)
                .build())
        .setTlsStrategy(
            ClientTlsStrategyBuilder.create()
                .setSslContext(sslContext)
                .setTlsVersions(TLS.V_1_2, TLS.V_1_3)
                .buildAsync())
        .build();
  }

  /**
   * A receiver that says {@code Keep-Alive: timeout=5} closes after five seconds sharp; a request
   * sent at that moment is lost without anybody knowing whether it arrived. So leave earlier.
   */
  private static ConnectionKeepAliveStrategy keepAlive(Duration longest) {
    TimeValue limit = TimeValue.of(longest);
    return (response, context) -> {
      TimeValue asked =
          DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
      if (asked == null || asked.getDuration() < 0) {
        return limit;
      }
      long millis = Math.max(0, asked.toMilliseconds() - 1_000);
      return TimeValue.ofMilliseconds(Math.min(millis, limit.toMilliseconds()));
    };
  }
}
