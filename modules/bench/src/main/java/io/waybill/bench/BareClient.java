package io.waybill.bench;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.DiscardingEntityConsumer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;

/**
 * The HTTP client of everything that the sender is compared with: the same library as the webhook
 * channel's, with the same settings, so that it is not what is compared. Sends payloads to
 * destinations, with one constant header. Safe to share between threads.
 */
final class BareClient {
  private static final int IO_THREADS = 2;

  /** The sender's. */
  private static final int BUFFER_BYTES = 8 * 1024;

  private final Map<String, HttpHost> hosts = new HashMap<>();
  private final CloseableHttpAsyncClient client;
  private final AtomicLong failures = new AtomicLong();

  /** Hears how a send ended. */
  interface Ended {
    /** On an I/O thread, which must not be held up. */
    void ended(boolean isDelivered);
  }

  /** A client that has started; it ends with its process. */
  BareClient(Targets targets, int inFlight) {
    for (int i = 0; i < targets.count(); i++) {
      URI url = targets.url(i);
      hosts.put(
          Traffic.destinationId(i).value(),
          new HttpHost(url.getScheme(), url.getHost(), url.getPort()));
    }
    this.client = client(targets, Traffic.inFlightPerDestination(inFlight, targets.count()));
    client.start();
  }

  private static CloseableHttpAsyncClient client(Targets targets, int connectionsPerDestination) {
    return HttpAsyncClients.custom()
        .setConnectionManager(
            PoolingAsyncClientConnectionManagerBuilder.create()
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(connectionsPerDestination)
                .setMaxConnTotal(Integer.MAX_VALUE)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .setDefaultTlsConfig(
                    TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .setSupportedProtocols(TLS.V_1_2, TLS.V_1_3)
                        .build())
                .setTlsStrategy(
                    ClientTlsStrategyBuilder.create()
                        .setSslContext(targets.trust())
                        .setTlsVersions(TLS.V_1_2, TLS.V_1_3)
                        .buildAsync())
                .build())
        .setHttp1Config(Http1Config.custom().setBufferSize(BUFFER_BYTES).build())
        .setIOReactorConfig(
            IOReactorConfig.custom().setIoThreadCount(IO_THREADS).setTcpNoDelay(true).build())
        .setThreadFactory(Thread.ofPlatform().daemon().name("bare-io-", 0).factory())
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .build();
  }

  /** Sends once. */
  void send(String destination, byte[] payload, Ended ended) {
    HttpHost host = hosts.get(destination);
    if (host == null) {
      throw new IllegalStateException("no destination " + destination);
    }
    BasicHttpRequest head = new BasicHttpRequest("POST", host, "/hook");
    head.addHeader("Content-Type", "application/json");
    head.addHeader(Traffic.HEADER, Traffic.HEADER_VALUE);
    var _ =
        client.execute(
            host,
            new BasicRequestProducer(head, new BasicAsyncEntityProducer(payload, null)),
            new BasicResponseConsumer<>(new DiscardingEntityConsumer<Void>()),
            null,
            null,
            new Answer(ended));
  }

  /** Says so when a send has failed, for then something else was measured. */
  void requireNoFailures() {
    if (failures.get() > 0) {
      throw new IllegalStateException(failures.get() + " sends failed; the log says how");
    }
  }

  private final class Answer implements FutureCallback<Message<HttpResponse, Void>> {
    private final Ended ended;

    private Answer(Ended ended) {
      this.ended = ended;
    }

    @Override
    public void completed(Message<HttpResponse, Void> answer) {
      if (answer.getHead().getCode() == 200) {
        ended.ended(true);
      } else {
        fail();
      }
    }

    @Override
    public void failed(Exception cause) {
      cause.printStackTrace();
      fail();
    }

    @Override
    public void cancelled() {
      fail();
    }

    private void fail() {
      failures.incrementAndGet();
      ended.ended(false);
    }
  }
}
