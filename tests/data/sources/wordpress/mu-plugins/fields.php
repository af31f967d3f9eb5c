<?php
// Puts into the API what plugins for translations and for search engines put there.
add_action('rest_api_init', function () {
    foreach (array('lang', 'translations') as $name) {
        register_rest_field('post', $name, array('get_callback' => function ($post) use ($name) {
            return get_post_meta($post['id'], $name, true) ?: null;
        }));
    }
    register_rest_field('post', 'yoast_head_json', array('get_callback' => function ($post) {
        $told = get_post_meta($post['id'], 'og_description', true);
        return array('title' => 'Not asked for') + ($told ? array('og_description' => $told) : array());
    }));
});
