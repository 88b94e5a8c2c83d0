/**
 * The demo: the tutorial's webhook examples against a receiver on this machine, through the same
 * commands that a user types. Not part of what runs in production.
 */
@NullMarked
package io.waybill.demo;

import org.jspecify.annotations.NullMarked;
