package io.waybill.channel.webhook;

import java.util.concurrent.Future;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange holds of its connection, to break it off. Cancelling the client's future is not
 * enough: it may leave open for ever the connection of a receiver that says nothing, and one that
 * is established at that very moment. So a connection is closed by itself, and one that is still
 * being made (which has a time-out of its own) is awaited and then closed.
 */
final class Grip {
  private static final String ATTRIBUTE = "waybill.grip";

  private volatile boolean letGo;
  private volatile @Nullable AsyncExecRuntime connection;
  private volatile @Nullable Future<?> call;

  /** Hands each request's connection to the grip in its context; goes behind the connecting. */
  static AsyncExecChainHandler interceptor() {
    return (request, body, scope, chain, callback) -> {
      Egress.markThrough(scope.clientContext);
      if (scope.clientContext.getAttribute(ATTRIBUTE) instanceof Grip grip
          && !grip.holds(scope.execRuntime)) {
        callback.failed(new RequestNotExecutedException());
        return;
      }
      chain.proceed(request, body, scope, callback);
    };
  }

  /** A context for one request, by which {@link #interceptor} finds this. */
  HttpClientContext newContext(RequestConfig config) {
    HttpClientContext context = HttpClientContext.create();
    context.setRequestConfig(config);
    context.setAttribute(ATTRIBUTE, this);
    return context;
  }

  private boolean holds(AsyncExecRuntime newConnection) {
    connection = newConnection;
    // Looked at after the hand-over, as breakOff looks after letting go: one of them sees it.
    if (letGo) {
      newConnection.discardEndpoint();
      return false;
    }
    return true;
  }

  /** The client's future of the request. */
  void take(Future<?> newCall) {
    call = newCall;
  }

  /** Closes the connection, now or as soon as there is one. */
  void breakOff() {
    letGo = true;
    AsyncExecRuntime held = connection;
    if (held == null) {
      return;
    }
    held.discardEndpoint();
    Future<?> started = call;
    if (started != null) {
      started.cancel(true);
    }
  }
}
